package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import io.varve.retention.Prune;
import io.varve.retention.RetentionPolicy;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A year of nightly backups: nothing wears out. */
class ManyIncrementalsTest {

  private static final int ROUNDS = 200;
  private static final int KEYS = 4_000;
  private static final long SEED = 20261122;
  private static final long PART_BYTES = 4 << 10;
  private static final String PADDING = "REPEAT(LEFT(SHA2(n, 256), 32), 2)";

  private final TestServer server = TestServer.shared();
  private final Random random = new Random(SEED);

  @Test
  @Tag("check")
  void threeHundredIncrementalsInARowStayAsGoodAsTheFirst(@TempDir Path folder) {
    try (TestSchema schema = server.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      schema.execute(
          "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(100) NOT NULL) ENGINE=InnoDB",
          "INSERT INTO t SELECT n, " + PADDING + " FROM " + Numbers.below(KEYS / 2));
      BackupOptions options =
          new BackupOptions(
                  TestRepository.of(schema.name()).selection(), 2, PART_BYTES, 1, Optional.empty())
              .on(BackupBase.LATEST);
      for (int round = 1; round <= ROUNDS; round++) {
        growAndShrink(schema);
        BackupReport backup = repository.backup(server, options);
        assertPartsAreNearTheirSize(repository, backup, round);
        if (round % 10 == 0) {
          prune(repository);
        }
        if (round % 50 == 0) {
          assertRestores(repository, backup, schema);
        }
      }
    }
  }

  /** Waves: some hundred rounds in which the table grows, then some in which it shrinks. */
  private void growAndShrink(TestSchema schema) {
    int from = random.nextInt(KEYS);
    int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 800 : 60);
    String range = " WHERE id BETWEEN " + from + " AND " + (from + length);
    switch (random.nextInt(4)) {
      case 0 -> schema.execute("DELETE FROM t" + range);
      case 1 -> schema.execute("UPDATE t SET v = LEFT(CONCAT(v, '-', v), 99)" + range);
      case 2 -> schema.execute("UPDATE t SET v = LEFT(v, 3)" + range);
      default ->
          schema.execute(
              "INSERT IGNORE INTO t SELECT "
                  + from
                  + " + n, "
                  + PADDING
                  + " FROM "
                  + Numbers.below(length));
    }
  }

  /**
   * A part is closed at its size, or at one and a half of it where a known range has grown. A range
   * is as many neighbours as fit one part, so two ranges together exceed one; and a range of four
   * parts or more is made one part. So of n bytes there are at most 2n/size + 1 ranges, of three
   * parts each.
   */
  private static void assertPartsAreNearTheirSize(
      TestRepository repository, BackupReport backup, int round) {
    TableEntry table = repository.manifest(backup).tables().getFirst();
    long bytes = table.parts().stream().mapToLong(PartEntry::rawBytes).sum();
    long longestRow = table.longestRowBytes();
    assertThat(table.parts())
        .as("round %d, seed %d", round, SEED)
        .allMatch(part -> part.rawBytes() <= PART_BYTES * 3 / 2 + longestRow);
    assertThat((long) table.parts().size())
        .as("parts of %d bytes in round %d, seed %d", bytes, round, SEED)
        .isLessThanOrEqualTo(3 * (2 * bytes / PART_BYTES + 1));
  }

  private static void prune(TestRepository repository) {
    RetentionPolicy last = new RetentionPolicy(3, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
    new Prune(repository.source(), Progress.SILENT, Clock.systemUTC()).run(last);
    assertThat(repository.source().backups()).hasSize(3);
    assertThat(repository.verify(0).damages()).isEmpty();
    Set<String> named = new HashSet<>();
    repository
        .source()
        .backups()
        .forEach(
            backup ->
                repository.source().manifest(backup.id()).tables().stream()
                    .flatMap(table -> table.parts().stream())
                    .forEach(part -> named.add(part.key())));
    var stored = repository.source().inventory();
    assertThat(stored.partSizes().keySet()).as("parts").isEqualTo(named);
    assertThat(stored.foreign()).isEmpty();
  }

  private void assertRestores(TestRepository repository, BackupReport backup, TestSchema schema) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      List<String> rows = SchemaContents.rows(server, copy.name(), "t");
      assertThat(rows).isEqualTo(SchemaContents.rows(server, schema.name(), "t"));
    }
  }
}
