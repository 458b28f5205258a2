package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.mysql.JudgeBy;
import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * The snapshot pass against a model: a map from keys to values. After any changes an incremental
 * has the rows of the model, and is what a full backup of that instant is.
 */
class SnapshotPassPropertyTest {

  private static final TestServer SERVER = TestServer.shared();
  private static final TestSchema SCHEMA = SERVER.freshSchema();
  private static final Path FOLDER = folder();
  private static final TestRepository INCREMENTALS =
      TestRepository.in(FOLDER.resolve("incrementals"));
  private static final TestRepository FULLS = TestRepository.in(FOLDER.resolve("fulls"));
  private static final int KEYS = 60;

  /** Parts of some rows each. */
  private static final int PART_BYTES = 120;

  @AfterContainer
  static void close() {
    SCHEMA.close();
    INCREMENTALS.close();
    FULLS.close();
    delete(FOLDER);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("varve-property-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Something that is done to the keys of a range.
   *
   * @param value that they get; empty deletes them
   */
  record Change(int from, int to, String value) {

    String sql() {
      if (value.isEmpty()) {
        return "DELETE FROM t WHERE id BETWEEN " + from + " AND " + to;
      }
      return "REPLACE INTO t VALUES "
          + IntStream.rangeClosed(from, to)
              .mapToObj(id -> "(" + id + ", '" + value + "')")
              .collect(Collectors.joining(", "));
    }

    void to(Map<Integer, String> model) {
      for (int id = from; id <= to; id++) {
        if (value.isEmpty()) {
          model.remove(id);
        } else {
          model.put(id, value);
        }
      }
    }
  }

  @Provide
  Arbitrary<List<List<Change>>> histories() {
    Arbitrary<Integer> key = Arbitraries.integers().between(0, KEYS);
    Arbitrary<Integer> length =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(0, 2)),
            Tuple.of(1, Arbitraries.integers().between(3, KEYS)));
    Arbitrary<String> value = Arbitraries.of("", "", "a", "b", "something longer than the others");
    Arbitrary<Change> change =
        Combinators.combine(key, length, value)
            .as((from, more, text) -> new Change(from, Math.min(KEYS, from + more), text));
    return change.list().ofMinSize(0).ofMaxSize(5).list().ofMinSize(2).ofMaxSize(4);
  }

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void anIncrementalIsWhatAFullBackupIs(
      @ForAll("histories") List<List<Change>> history, @ForAll JudgeBy judge) {
    check(history, judge);
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  @Tag("check")
  void anIncrementalIsWhatAFullBackupIsManyTimes(
      @ForAll("histories") List<List<Change>> history, @ForAll JudgeBy judge) {
    check(history, judge);
  }

  /**
   * Each round makes changes, then a backup that builds on that of the round before: the first one
   * on the last of the history before.
   */
  private static void check(List<List<Change>> history, JudgeBy judge) {
    SCHEMA.execute(
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(60) NOT NULL) ENGINE=InnoDB");
    Map<Integer, String> model = new TreeMap<>();
    BackupOptions options =
        new BackupOptions(
            TestRepository.of(SCHEMA.name()).selection(), 2, PART_BYTES, 1, Optional.empty());
    for (List<Change> changes : history) {
      changes.forEach(change -> change.to(model));
      SCHEMA.execute(changes.stream().map(Change::sql).toArray(String[]::new));
      BackupReport child =
          INCREMENTALS.backup(SERVER, options.on(BackupBase.LATEST).judgedBy(judge));
      TableEntry table = table(INCREMENTALS, child.id());
      TableEntry whole = table(FULLS, FULLS.backup(SERVER, options).id());
      assertThat(table.rows()).as("rows, by the model").isEqualTo(model.size());
      assertThat(table.checksum()).isEqualTo(whole.checksum());
      assertThat(table.definition()).isEqualTo(whole.definition());
      assertCovers(table);
    }
    assertRestores(INCREMENTALS, model);
  }

  private static TableEntry table(TestRepository repository, BackupId id) {
    Manifest manifest = repository.source().manifest(id);
    return manifest.tables().getFirst();
  }

  private static void assertCovers(TableEntry table) {
    List<PartEntry> parts = table.parts();
    for (int i = 0; i < parts.size(); i++) {
      assertThat(parts.get(i).lower()).isEqualTo(i == 0 ? null : parts.get(i - 1).upper());
      assertThat(parts.get(i).rawBytes()).isLessThan(2 * PART_BYTES);
    }
  }

  private static void assertRestores(TestRepository repository, Map<Integer, String> model) {
    try (TestSchema copy = SERVER.freshSchema()) {
      BackupId last = repository.source().resolve("latest");
      repository.restore(SERVER, last, TestRepository.renaming(SCHEMA.name(), copy.name()));
      assertThat(SchemaContents.rows(SERVER, copy.name(), "t"))
          .isEqualTo(SchemaContents.rows(SERVER, SCHEMA.name(), "t"))
          .hasSize(model.size());
      assertThat(SERVER.rows("SELECT id, v FROM " + copy.name() + ".t ORDER BY id"))
          .isEqualTo(
              model.entrySet().stream()
                  .map(row -> List.of(String.valueOf(row.getKey()), row.getValue()))
                  .toList());
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
