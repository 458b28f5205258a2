package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupReport;
import io.varve.testing.CommandLineChild;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run leaves that is killed, or told to end. */
@TestInstance(Lifecycle.PER_CLASS)
class KilledRunTest {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final SchemaContents original;
  private final Random random = new Random(20261120);

  KilledRunTest() {
    String padding = "REPEAT(LEFT(SHA2(n, 256), 32), 9)";
    schema.execute(
        "CREATE TABLE keyed (id INT PRIMARY KEY, v VARCHAR(300), KEY v (v)) ENGINE=InnoDB",
        "INSERT INTO keyed SELECT n, " + padding + " FROM " + Numbers.below(12_000),
        "CREATE TABLE keyless (v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO keyless SELECT " + padding + " FROM " + Numbers.below(8_000),
        "CREATE VIEW some AS SELECT id FROM keyed WHERE id < 10");
    server.rows("ANALYZE TABLE " + schema.name() + ".keyed");
    original = SchemaContents.of(server, schema.name());
  }

  @AfterAll
  void close() {
    schema.close();
  }

  @Test
  @Tag("process")
  void aRestoreKilledAgainAndAgainLoadsEveryPartOnce(@TempDir Path folder) throws Exception {
    assertThat(killedBetweenFirstAndLastCommit(folder, 1)).isGreaterThanOrEqualTo(3);
  }

  @Test
  @Tag("check")
  void aRestoreKilledAtTwentyMomentsLoadsEveryPartOnce(@TempDir Path folder) throws Exception {
    assertThat(killedBetweenFirstAndLastCommit(folder, 4)).isGreaterThanOrEqualTo(15);
  }

  /** Kills each restore at five moments, then finishes it, and compares what came of it. */
  private int killedBetweenFirstAndLastCommit(Path folder, int restores) throws Exception {
    int between = 0;
    try (TestRepository repository = TestRepository.in(folder)) {
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      int parts = backup.totals().parts();
      assertThat(parts).isGreaterThan(200);
      for (int i = 0; i < restores; i++) {
        try (TestSchema copy = server.freshSchema()) {
          boolean atTheEnd = i % 2 == 0;
          for (int moment : moments(parts, atTheEnd)) {
            long loaded = killWhenLoaded(copy, folder, moment);
            if (loaded > 0 && loaded < parts) {
              between++;
            }
          }
          repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
          assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
        }
      }
    }
    return between;
  }

  /** Numbers of loaded parts, ascending: four in between, and one before or after all. */
  private List<Integer> moments(int parts, boolean atTheEnd) {
    List<Integer> moments = new ArrayList<>();
    if (!atTheEnd) {
      moments.add(0);
    }
    for (int quarter = 0; quarter < 4; quarter++) {
      moments.add(1 + quarter * parts / 5 + random.nextInt(parts / 5));
    }
    if (atTheEnd) {
      moments.add(parts);
    }
    return moments;
  }

  /** Answers how many parts were loaded when the child was dead. */
  private long killWhenLoaded(TestSchema copy, Path folder, int moment) throws SQLException {
    try (CommandLineChild restore = startRestore(copy, folder);
        Connection watch = server.connect()) {
      awaitLoaded(watch, copy, restore, moment);
      restore.kill();
      return loadedParts(watch, copy);
    }
  }

  private CommandLineChild startRestore(TestSchema copy, Path folder) {
    return CommandLineChild.start(
        server,
        "restore",
        "--store",
        folder.toUri().toString(),
        "--target",
        server.uri(),
        "--rename",
        schema.name() + "=" + copy.name(),
        "--parallel",
        "2");
  }

  private static void awaitLoaded(
      Connection watch, TestSchema copy, CommandLineChild restore, int parts) throws SQLException {
    Instant deadline = Instant.now().plus(LONGEST_WAIT);
    while (restore.isAlive() && loadedParts(watch, copy) < parts) {
      assertThat(Instant.now()).as(restore.text()).isBefore(deadline);
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(restore.isAlive()).as(restore.text()).isTrue();
  }

  /** -1 as long as there is no ledger. */
  private static long loadedParts(Connection watch, TestSchema copy) throws SQLException {
    try (Statement statement = watch.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT COUNT(*) FROM "
                    + copy.name()
                    + ".varve_restore_ledger WHERE kind='part'")) {
      count.next();
      return count.getLong(1);
    } catch (SQLException e) {
      if (e.getErrorCode() == 1146) {
        return -1;
      }
      throw e;
    }
  }

  @Test
  void aKilledBackupLeavesNoManifestOrAWholeOneAndTheNextSucceeds(@TempDir Path folder)
      throws Exception {
    try (TestRepository repository = TestRepository.in(folder)) {
      for (int files : List.of(1, 10 + random.nextInt(20), 40 + random.nextInt(20))) {
        try (CommandLineChild backup = startBackup(folder)) {
          awaitParts(folder, backup, files);
          backup.kill();
        }
        deleteParts(folder); // as prune would
        for (var whole : repository.source().backups()) {
          assertThat(repository.source().manifest(whole.id()).totals().rows()).isEqualTo(20_000);
        }
      }
      BackupReport next = repository.backup(server, TestRepository.of(schema.name()));
      assertThat(repository.source().resolve("latest")).isEqualTo(next.id());
      try (TestSchema copy = server.freshSchema()) {
        repository.restore(server, next, TestRepository.renaming(schema.name(), copy.name()));
        assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aBackupToldToEndLeavesItsWorkToTheNextWithinSeconds(String signal, @TempDir Path folder)
      throws Exception {
    try (TestRepository repository = TestRepository.in(folder);
        CommandLineChild backup = startBackup(folder)) {
      awaitParts(folder, backup, 3);
      endsAsInterrupted(backup, signal);
      assertThat(repository.source().backups()).isEmpty();
      assertThat(repository.source().closedIds()).isEmpty();
      assertThat(repository.source().openJobs())
          .singleElement()
          .satisfies(job -> assertThat(job.pieces().getLast().state()).isEqualTo("stopped"));
    }
  }

  @ParameterizedTest
  @Tag("process")
  @ValueSource(strings = {"INT", "TERM"})
  void aRestoreToldToEndGoesOnLater(String signal, @TempDir Path folder) throws Exception {
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema copy = server.freshSchema();
        Connection watch = server.connect()) {
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      try (CommandLineChild restore = startRestore(copy, folder)) {
        awaitLoaded(watch, copy, restore, 5);
        endsAsInterrupted(restore, signal);
      }
      long loaded = loadedParts(watch, copy);
      assertThat(loaded).isBetween(5L, backup.totals().parts() - 1L);
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
    }
  }

  private static void endsAsInterrupted(CommandLineChild run, String signal) {
    Instant told = Instant.now();
    int exitCode = run.signal(signal);
    assertThat(Duration.between(told, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(exitCode).as(run.text()).isEqualTo(130);
    assertThat(run.text()).contains("interrupted").doesNotContain("defect");
  }

  @Test
  @Tag("check")
  void anInterruptAtAnyMomentLeavesNothingHalf(@TempDir Path folder) throws Exception {
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema copy = server.freshSchema()) {
      Duration whole = timeOf(startBackup(folder));
      for (int moment = 0; moment < 6; moment++) {
        assertThat(interruptAfter(whole.multipliedBy(moment).dividedBy(5), startBackup(folder)))
            .isIn(130, 0);
      }
      for (var backup : repository.source().backups()) {
        assertThat(repository.source().manifest(backup.id()).totals().rows()).isEqualTo(20_000);
      }
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      int code = 130;
      for (int moment = 0; moment < 10 && code != 0; moment++) {
        code = interruptAfter(Duration.ofMillis(200L * moment), startRestore(copy, folder));
        assertThat(code).isIn(130, 0);
      }
      if (code != 0) {
        repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      }
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
    }
  }

  private static Duration timeOf(CommandLineChild run) {
    Instant start = Instant.now();
    try (run) {
      assertThat(run.await()).as(run.text()).isZero();
    }
    return Duration.between(start, Instant.now());
  }

  private static int interruptAfter(Duration time, CommandLineChild run)
      throws InterruptedException {
    try (run) {
      Thread.sleep(time);
      int code = run.signal("INT");
      assertThat(run.text()).doesNotContain("defect");
      return code;
    }
  }

  private CommandLineChild startBackup(Path folder) {
    return CommandLineChild.backup(
        server, folder, schema.name(), "--parallel", "2", "--compression-level", "19");
  }

  private static void awaitParts(Path folder, CommandLineChild backup, int files)
      throws IOException {
    Instant deadline = Instant.now().plus(LONGEST_WAIT);
    while (parts(folder).size() < files) {
      assertThat(backup.isAlive()).as(backup.text()).isTrue();
      assertThat(Instant.now()).as(backup.text()).isBefore(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static List<Path> parts(Path folder) throws IOException {
    Path parts = folder.resolve(TestRepository.SOURCE).resolve("parts");
    if (!Files.exists(parts)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(parts)) {
      files.filter(file -> file.toString().endsWith(".zst")).forEach(found::add);
    } catch (java.io.UncheckedIOException e) {
      return List.of(); // a temporary file went while we looked
    }
    return found;
  }

  private static void deleteParts(Path folder) throws IOException {
    for (Path part : parts(folder)) {
      Files.delete(part);
    }
  }
}
