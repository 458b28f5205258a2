package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.JudgeBy;
import io.varve.mysql.Throttling;
import io.varve.repository.TableTimes;
import io.varve.restore.RestoreReport;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run holds itself back, and what it makes is the same. */
@Tag("time")
class ThrottleTest {

  /** Text of about 1.7 MB: the largest row is more than half a second's worth. */
  private static final int ROWS = 6_000;

  private static final int LARGE_ROW_BYTES = 700_000;
  private static final long BYTES_PER_SECOND = 1_000_000;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final BackupOptions options = TestRepository.of(schema.name());
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  ThrottleTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, REPEAT(LEFT(SHA2(n, 256), 32), 5) FROM "
            + Numbers.below(ROWS),
        "CREATE TABLE documents (id INT PRIMARY KEY, v MEDIUMTEXT) ENGINE=InnoDB",
        "INSERT INTO documents VALUES (1, REPEAT('x', " + LARGE_ROW_BYTES + ")), (2, 'short')");
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
  }

  private static Throttling rate() {
    return new Throttling(OptionalLong.of(BYTES_PER_SECOND), OptionalInt.empty());
  }

  private static Throttling threads(int most) {
    return new Throttling(OptionalLong.empty(), OptionalInt.of(most));
  }

  private static <T> T requireAsSlowAs(long bytes, Supplier<T> work) {
    long began = System.nanoTime();
    T result = work.get();
    double seconds = (System.nanoTime() - began) / 1e9;
    assertThat(seconds).isGreaterThan(0.8 * bytes / BYTES_PER_SECOND);
    return result;
  }

  private long textBytes() {
    return Long.parseLong(
        server.value(
            "SELECT (SELECT SUM(LENGTH(v)) FROM %1$s.orders) + (SELECT SUM(LENGTH(v)) FROM %1$s.documents)"
                .formatted(schema.name())));
  }

  private void assertRestores(BackupReport backup) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  @Test
  void rowsAreReadNoQuickerThanTheLimitWithLargeOnesToo() {
    BackupReport backup =
        requireAsSlowAs(textBytes(), () -> repository.backup(server, options.throttled(rate())));
    assertThat(backup.changes().bytesRead()).isGreaterThanOrEqualTo(textBytes());
    assertRestores(backup);
  }

  /** No row crosses the network, but the server goes through all of them. */
  @Test
  void whatTheServerJudgesCountsTowardTheLimit() {
    BackupReport parent = repository.backup(server, options);
    BackupReport child =
        requireAsSlowAs(
            textBytes(),
            () ->
                repository.backup(
                    server,
                    options.on(BackupBase.LATEST).judgedBy(JudgeBy.SERVER).throttled(rate())));
    assertThat(child.changes().rowsRead()).isZero();
    assertThat(child.changes().partsKept()).isEqualTo(parent.totals().parts());
  }

  @Test
  void rowsAreLoadedAndVerifiedNoQuickerThanTheLimit() {
    BackupReport backup = repository.backup(server, options);
    String before = server.value("SELECT @@GLOBAL.local_infile");
    for (String localInfile : List.of("1", "0")) {
      server.execute("SET GLOBAL local_infile = " + localInfile);
      try (TestSchema copy = server.freshSchema()) {
        RestoreReport report =
            requireAsSlowAs(
                2 * textBytes(),
                () ->
                    repository.restore(
                        server,
                        backup,
                        TestRepository.renaming(schema.name(), copy.name()).throttled(rate())));
        assertThat(report.loadSeconds()).isGreaterThan(0.8 * textBytes() / BYTES_PER_SECOND);
        assertThat(SchemaContents.of(server, copy.name()))
            .isEqualTo(SchemaContents.of(server, schema.name()));
      } finally {
        server.execute("SET GLOBAL local_infile = " + before);
      }
    }
  }

  @Test
  void aLimitedRunWithADeadlineSaysContinueInTime() {
    long began = System.nanoTime();
    assertThatThrownBy(
            () ->
                repository.backup(
                    server,
                    options
                        .throttled(new Throttling(OptionalLong.of(50_000), OptionalInt.empty()))
                        .until(TimeLimit.in(Duration.ofSeconds(3)))))
        .isInstanceOf(ContinueException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
  }

  /** Sessions that are busy with a query for as long as they are not closed. */
  private final class Sleepers implements AutoCloseable {

    private final List<Connection> connections = new ArrayList<>();
    private final List<Future<?>> queries = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Sleepers(int count) throws SQLException {
      for (int i = 0; i < count; i++) {
        Connection connection = server.connect();
        connections.add(connection);
        queries.add(threads.submit(() -> sleep(connection)));
      }
      while (running() < count) {
        Thread.onSpinWait();
      }
    }

    private void sleep(Connection connection) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT /* sleeper */ SLEEP(600)");
      } catch (SQLException killed) {
        // as the test wants it
      }
    }

    private long running() {
      return server.rows("SHOW PROCESSLIST").stream()
          .filter(row -> row.stream().anyMatch(cell -> cell.startsWith("SELECT /* sleeper */")))
          .count();
    }

    @Override
    public void close() {
      server.rows("SHOW PROCESSLIST").stream()
          .filter(row -> row.stream().anyMatch(cell -> cell.startsWith("SELECT /* sleeper */")))
          .forEach(row -> server.execute("KILL " + row.getFirst()));
      threads.close();
      for (Connection connection : connections) {
        try {
          connection.close();
        } catch (SQLException killed) {
          // as the test wants it
        }
      }
    }
  }

  /** Ends the sleepers when the pause has begun. */
  private static Progress closingAtFirstPause(List<String> warnings, Sleepers sleepers) {
    return IncrementalTest.warningsTo(
        new ArrayList<>() {
          @Override
          public boolean add(String text) {
            warnings.add(text);
            if (text.contains("pausing")) {
              Thread.ofVirtual().start(sleepers::close);
            }
            return true;
          }
        });
  }

  @Test
  void aBackupPausesWhileTheServerIsBusyWithOthers() throws Exception {
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    BackupReport backup;
    try (Sleepers sleepers = new Sleepers(6)) {
      backup =
          repository.backup(
              server, options.throttled(threads(4)), closingAtFirstPause(warnings, sleepers));
    }
    assertThat(warnings).filteredOn(text -> text.contains("pausing")).isNotEmpty();
    assertThat(backup.notes()).anyMatch(note -> note.matches("paused [0-9.]+ seconds in all.*"));
    assertThat(repository.manifest(backup).notes()).isEqualTo(backup.notes());
    assertRestores(backup);
  }

  @Test
  void aDeadlineThatComesDuringAPauseEndsIt() throws Exception {
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    String token;
    try (Sleepers sleepers = new Sleepers(4)) {
      assertThat(sleepers.running()).isEqualTo(4);
      BackupOptions impatient =
          options.throttled(threads(2)).until(TimeLimit.in(Duration.ofSeconds(10)));
      try {
        repository.backup(server, impatient, IncrementalTest.warningsTo(warnings));
        token = "";
      } catch (ContinueException next) {
        token = next.token();
      }
    }
    assertThat(warnings).anyMatch(text -> text.contains("pausing"));
    BackupReport backup = repository.backup(server, options);
    assertThat(backup.id().value()).isEqualTo(token);
    assertRestores(backup);
  }

  @Test
  void aRestorePausesWhileTheTargetIsBusyWithOthers() throws Exception {
    BackupReport backup = repository.backup(server, options);
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    try (TestSchema copy = server.freshSchema();
        Sleepers sleepers = new Sleepers(6)) {
      RestoreReport report =
          repository.restore(
              server,
              backup.id(),
              TestRepository.renaming(schema.name(), copy.name()).throttled(threads(4)),
              closingAtFirstPause(warnings, sleepers));
      assertThat(warnings).anyMatch(text -> text.contains("pausing"));
      assertThat(report.notes()).anyMatch(note -> note.matches("paused [0-9.]+ seconds in all.*"));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  @Test
  void tablesAreTimedWithinTheRun() {
    BackupReport backup = repository.backup(server, options.throttled(rate()));
    double seconds = backup.totals().seconds();
    assertThat(repository.manifest(backup).tables())
        .allSatisfy(
            table -> {
              TableTimes times = Objects.requireNonNull(table.times());
              assertThat(times.began()).isBetween(0.0, times.ended());
              assertThat(times.ended()).isLessThanOrEqualTo(seconds + 0.01);
            });
  }
}
