package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.TableSelection;
import io.varve.restore.RestoreReport;
import io.varve.testing.GlobalSettings;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many tables, very large rows, very many very small ones: all come back, and in a time that a
 * person waits. The limits are many times what it takes, so that only another order of growth fails
 * them.
 */
@Tag("check")
class ShapeTest {

  private static final int TABLES = 5_000;
  private static final int TINY_ROWS = 10_000_000;
  private static final Duration FEW_MINUTES = Duration.ofMinutes(4);

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  ShapeTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
  }

  /** With the parts that people get unless they ask for others. */
  private BackupReport backup() {
    BackupOptions options =
        new BackupOptions(
            new TableSelection(List.of(schema.name()), List.of()),
            4,
            32 << 20,
            3,
            Optional.empty());
    return timed("backup", () -> repository.backup(server, options));
  }

  private RestoreReport restore(BackupReport backup) {
    return timed(
        "restore",
        () ->
            repository.restore(
                server, backup, TestRepository.renaming(schema.name(), copy.name())));
  }

  private static <T> T timed(String what, Supplier<T> work) {
    Instant start = Instant.now();
    T result = work.get();
    Duration took = Duration.between(start, Instant.now());
    assertThat(took).as(what).isLessThan(FEW_MINUTES);
    return result;
  }

  @Test
  void thousandsOfTablesComeBack() throws SQLException {
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < TABLES; i++) {
        String foreignKey =
            i % 10 == 0
                ? ", CONSTRAINT p%d FOREIGN KEY (parent) REFERENCES t%d (id)".formatted(i, i / 2)
                : "";
        statement.execute(
            "CREATE TABLE t%d (id INT PRIMARY KEY, v VARCHAR(20), parent INT, KEY by_v (v)%s)"
                    .formatted(i, foreignKey)
                + " ENGINE=InnoDB");
        statement.execute("INSERT INTO t" + i + " VALUES (" + i + ", 'one', NULL)");
      }
    }
    BackupReport backup = backup();
    assertThat(backup.totals().tables()).isEqualTo(TABLES);
    RestoreReport report = restore(backup);
    assertThat(report.tables()).isEqualTo(TABLES);
    assertThat(report.rows()).isEqualTo(TABLES);
    assertThat(
            server.value(
                "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE"
                    + " CONSTRAINT_SCHEMA='"
                    + copy.name()
                    + "'"))
        .isEqualTo(Integer.toString(TABLES / 10));
    assertThat(server.value("SELECT id FROM " + copy.name() + ".t" + (TABLES - 1)))
        .isEqualTo(Integer.toString(TABLES - 1));
  }

  @Test
  void aRowWithValuesOfFortyMegabytesComesBack() {
    try (GlobalSettings settings =
        GlobalSettings.on(server).with("max_allowed_packet", 128L << 20)) {
      schema.execute(
          "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB, t LONGTEXT CHARACTER SET latin1)"
              + " ENGINE=InnoDB",
          "INSERT INTO t VALUES (1, REPEAT(x'00095C0AFF', 8 << 20), REPEAT('four', 10 << 20))",
          "INSERT INTO t VALUES (2, '', NULL)");
    }
    restore(backup());
    String digests = "SELECT id, SHA2(b, 256), SHA2(t, 256) FROM %s.t ORDER BY id";
    assertThat(server.rows(digests.formatted(copy.name())))
        .isEqualTo(server.rows(digests.formatted(schema.name())));
    assertThat(server.value("SELECT LENGTH(t) FROM " + copy.name() + ".t WHERE id=1"))
        .isEqualTo(Integer.toString(40 << 20));
  }

  @Test
  void tenMillionTinyRowsWithoutAKeyComeBack() {
    schema.execute(
        "CREATE TABLE t (v TINYINT NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n % 100 FROM " + Numbers.below(TINY_ROWS));
    BackupReport backup = backup();
    assertThat(backup.totals().rows()).isEqualTo(TINY_ROWS);
    restore(backup);
    String counts = "SELECT v, COUNT(*) FROM %s.t GROUP BY v ORDER BY v";
    assertThat(server.rows(counts.formatted(copy.name())))
        .isEqualTo(server.rows(counts.formatted(schema.name())))
        .hasSize(100);
  }
}
