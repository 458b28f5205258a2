package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.codec.RowChecksum;
import io.varve.mysql.JudgeBy;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.TableChange;
import io.varve.repository.TableEntry;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An incremental stores what has changed, and is what a full backup of that instant would be. */
class IncrementalTest {

  private static final String PADDING = "REPEAT(LEFT(SHA2(n, 256), 32), 4)";

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final BackupOptions full = TestRepository.of(schema.name());
  private final BackupOptions incremental = full.on(BackupBase.LATEST);
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  IncrementalTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(200), flag BIT(1) NOT NULL DEFAULT 0,"
            + " KEY v (v)) ENGINE=InnoDB",
        "INSERT INTO orders (id, v) SELECT 2 * n, " + PADDING + " FROM " + Numbers.below(4_000),
        "CREATE TABLE codes (code VARCHAR(40), line INT, v VARCHAR(200), PRIMARY KEY (code, line))"
            + " ENGINE=InnoDB",
        "INSERT INTO codes SELECT CONCAT('c', n DIV 3), n MOD 3, "
            + PADDING
            + " FROM "
            + Numbers.below(3_000),
        "CREATE TABLE keyless (v VARCHAR(200), flag INT) ENGINE=InnoDB",
        "INSERT INTO keyless SELECT 'twice the same', 0 FROM " + Numbers.below(600),
        "CREATE TABLE aria (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=MyISAM",
        "INSERT INTO aria SELECT n, " + PADDING + " FROM " + Numbers.below(900),
        "CREATE TABLE nothing_yet (id INT PRIMARY KEY) ENGINE=InnoDB");
    analyze();
  }

  private void analyze() {
    server.rows("ANALYZE TABLE " + schema.name() + ".orders, " + schema.name() + ".codes");
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
  }

  @ParameterizedTest
  @EnumSource
  void nothingChangedStoresNothing(JudgeBy judge) {
    BackupReport parent = repository.backup(server, full);
    BackupReport child = repository.backup(server, incremental.judgedBy(judge));
    assertThat(child.kind()).isEqualTo(BackupKind.INCREMENTAL);
    assertThat(child.parent()).contains(parent.id());
    assertThat(child.changes().partsStored()).isZero();
    assertThat(child.changes().bytesStored()).isZero();
    assertThat(child.changes().partsKept()).isEqualTo(parent.totals().parts());
    assertThat(child.totals().rows()).isEqualTo(parent.totals().rows());
    assertThat(change("orders", child).change()).isEqualTo("unchanged");
    assertIsWhatAFullOneIs(child);
  }

  @ParameterizedTest
  @EnumSource
  void rowsThatChangeAnywhereAreFound(JudgeBy judge) {
    BackupReport parent = repository.backup(server, full);
    schema.execute(
        "UPDATE orders SET v = 'changed' WHERE id = 2000",
        "DELETE FROM orders WHERE id BETWEEN 4000 AND 4100",
        "INSERT INTO orders (id, v) VALUES (-1, 'before all'), (3001, 'between'), (99999, 'after')",
        "UPDATE orders SET id = 5001 WHERE id = 6000",
        "UPDATE codes SET code = 'zzz' WHERE code = 'c500' AND line = 1",
        "INSERT INTO nothing_yet VALUES (1)",
        "DELETE FROM aria WHERE id = 5");
    BackupReport child = repository.backup(server, incremental.judgedBy(judge));
    assertThat(child.changes().partsStored())
        .isLessThan(child.totals().parts() / 2)
        .isGreaterThan(7);
    assertThat(change("orders", child).change()).isEqualTo("changed");
    assertThat(change("orders", child).rowsBefore()).isEqualTo(4_000);
    assertThat(change("keyless", child).change()).isEqualTo("unchanged");
    assertIsWhatAFullOneIs(child);
    assertRestoresAlone(child);
    assertThat(repository.manifest(parent).totals().rows()).isEqualTo(parent.totals().rows());
  }

  /** In XOR of CRCs these cancel. */
  @ParameterizedTest
  @EnumSource
  void theSameFlagSetInTwoAlikeRowsIsFound(JudgeBy judge) {
    repository.backup(server, full);
    schema.execute(
        "UPDATE keyless SET flag = 1 LIMIT 2",
        "UPDATE orders SET v = 'same', flag = 1 WHERE id IN (100, 102)");
    BackupReport child = repository.backup(server, incremental.judgedBy(judge));
    assertThat(change("keyless", child).change()).isEqualTo("changed");
    assertThat(change("orders", child).change()).isEqualTo("changed");
    assertIsWhatAFullOneIs(child);
  }

  @Test
  void tablesThatAreNewDroppedRenamedOrAlteredAreAsTheyAre() {
    repository.backup(server, full);
    schema.execute(
        "RENAME TABLE orders TO orders_of_last_year",
        "CREATE TABLE fresh AS SELECT * FROM codes WHERE line = 1",
        "ALTER TABLE codes ADD COLUMN extra INT DEFAULT 7",
        "DROP TABLE keyless");
    BackupReport child = repository.backup(server, incremental);
    assertThat(change("orders_of_last_year", child).before()).isEqualTo(schema.name() + ".orders");
    assertThat(change("orders_of_last_year", child).change()).isEqualTo("unchanged");
    assertThat(change("codes", child).change()).isEqualTo("altered");
    assertThat(change("codes", child).partsKept()).isZero();
    assertThat(change("fresh", child).change()).isEqualTo("new");
    assertThat(child.changes().droppedTables()).containsExactly(schema.name() + ".keyless");
    assertIsWhatAFullOneIs(child);
    assertRestoresAlone(child);
  }

  @Test
  void withoutABackupToBuildOnItIsAFullOneAndSaysSo() {
    List<String> warnings = new ArrayList<>();
    BackupReport first = repository.backup(server, incremental, warningsTo(warnings));
    assertThat(first.kind()).isEqualTo(BackupKind.FULL);
    assertThat(first.parent()).isEmpty();
    assertThat(warnings).anyMatch(text -> text.contains("no backup to build on"));
  }

  @Test
  void itBuildsOnTheBackupThatIsNamed() {
    BackupReport first = repository.backup(server, full);
    schema.execute("UPDATE orders SET v = 'x' WHERE id < 200");
    repository.backup(server, incremental);
    BackupReport third = repository.backup(server, incremental.on(onTopOf(first.id().value())));
    assertThat(third.parent()).contains(first.id());
    assertThatThrownBy(
            () -> repository.backup(server, incremental.on(onTopOf("20200101T000000Z-full-aaaa"))))
        .isInstanceOf(InvalidRequestException.class);
  }

  private static BackupBase onTopOf(String parent) {
    return new BackupBase(BackupKind.INCREMENTAL, Optional.of(parent), Optional.empty());
  }

  @Test
  void aPartThatIsMissingOrDamagedIsNotKept() {
    BackupReport parent = repository.backup(server, full);
    List<PartEntry> parts = parts(parent, "orders");
    repository.store().delete(parts.get(3).key());
    repository.source().noteDamaged(parts.get(7).key(), "for a test");
    BackupReport child = repository.backup(server, incremental);
    assertThat(child.changes().partsStored()).isEqualTo(2);
    assertThat(parts(child, "orders").stream().map(PartEntry::key))
        .doesNotContain(parts.get(3).key(), parts.get(7).key());
    assertIsWhatAFullOneIs(child);
    assertRestoresAlone(child);
  }

  @Test
  void partsStayNearTheirSizeWhateverHappens() {
    assertPartsStayNearTheirSize(8);
  }

  @Test
  @Tag("check")
  void partsStayNearTheirSizeOverManyIncrementals() {
    assertPartsStayNearTheirSize(25);
  }

  /** Random changes of any size and place; what comes is compared with a full backup each time. */
  private void assertPartsStayNearTheirSize(int rounds) {
    long seed = 20261121;
    Random random = new Random(seed);
    repository.backup(server, full);
    for (int round = 0; round < rounds; round++) {
      int from = random.nextInt(8_000);
      int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 3_000 : 150);
      String range = " WHERE id BETWEEN " + from + " AND " + (from + length);
      switch (random.nextInt(5)) {
        case 0 -> schema.execute("DELETE FROM orders" + range);
        case 1 ->
            schema.execute("UPDATE orders SET v = CONCAT(v, '-')" + range + " AND LENGTH(v) < 190");
        case 2 ->
            schema.execute(
                "INSERT IGNORE INTO orders (id, v) SELECT "
                    + from
                    + " + n, "
                    + PADDING
                    + " FROM "
                    + Numbers.below(length));
        case 3 -> schema.execute("UPDATE orders SET flag = 1 - flag" + range);
        default ->
            schema.execute(
                "INSERT IGNORE INTO orders (id, v) SELECT 9000 + "
                    + (round * 200)
                    + " + n, "
                    + PADDING
                    + " FROM "
                    + Numbers.below(length));
      }
      BackupReport child = repository.backup(server, incremental);
      if (round % 10 == 9 || rounds < 50) {
        assertIsWhatAFullOneIs(child);
      }
      TableEntry orders = table(child, "orders");
      long bytes = orders.parts().stream().mapToLong(PartEntry::rawBytes).sum();
      long even = bytes / TestRepository.PART_BYTES + 1;
      assertThat((long) orders.parts().size())
          .as("parts of %d bytes in round %d, seed %d", bytes, round, seed)
          .isLessThanOrEqualTo(4 * even + 4);
      assertThat(orders.parts()).allMatch(part -> part.rawBytes() <= 2 * TestRepository.PART_BYTES);
    }
  }

  private void assertIsWhatAFullOneIs(BackupReport child) {
    BackupReport whole;
    try (TestRepository other = TestRepository.inBucket()) {
      whole = other.backup(server, full);
      assertThat(content(repository.manifest(child))).isEqualTo(content(other.manifest(whole)));
    }
  }

  /** What tables a backup has, and what is in them. */
  private static Map<String, List<Object>> content(Manifest manifest) {
    Map<String, List<Object>> content = new TreeMap<>();
    for (TableEntry table : manifest.tables()) {
      RowChecksum checksum = table.checksum();
      content.put(
          table.definition().name().toString(),
          List.of(table.definition(), table.rows(), checksum));
    }
    content.put("", List.of(manifest.schemas()));
    return content;
  }

  private void assertRestoresAlone(BackupReport backup) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  private TableEntry table(BackupReport backup, String name) {
    return repository.manifest(backup).tables().stream()
        .filter(table -> table.definition().name().table().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private TableChange change(String name, BackupReport backup) {
    return Objects.requireNonNull(table(backup, name).change());
  }

  private List<PartEntry> parts(BackupReport backup, String table) {
    return table(backup, table).parts().stream().collect(Collectors.toList());
  }

  static Progress warningsTo(List<String> warnings) {
    return new Progress() {
      @Override
      public void begin(String phase, long expectedBytes) {}

      @Override
      public void advance(long rows, long bytes) {}

      @Override
      public void warn(String text) {
        warnings.add(text);
      }
    };
  }

  @Test
  void aBackupIdSaysItsKind() {
    assertThat(new BackupId("20261120T070000Z-full-k3f9").kind()).isEqualTo(BackupKind.FULL);
    assertThat(new BackupId("20261120T070000Z-incremental-k3f9").kind())
        .isEqualTo(BackupKind.INCREMENTAL);
  }
}
