package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.mysql.Source;
import io.varve.repository.PartEntry;
import io.varve.repository.WorkPlan;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.SlowLine;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call ends when its time is up, whatever it waits for then: who calls may kill it. */
@Tag("time")
class TimelyEndTest {

  private static final Duration CALL = Duration.ofSeconds(3);

  /** What else a busy machine may take to note what was done; all that is waited for takes more. */
  private static final Duration NOTING = Duration.ofSeconds(4);

  private static final String JOB = "nightly";

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();

  /** So many parts the store takes; for more it takes for ever. */
  private final Semaphore taken = new Semaphore(0);

  private final TestRepository repository;

  TimelyEndTest(@TempDir Path folder) {
    repository =
        TestRepository.over(
            new WrappedStore(
                Stores.open(folder.toUri().toString(), S3Options.DEFAULT), this::takeSomeParts));
  }

  private void takeSomeParts(String key) {
    if (key.contains("/parts/")) {
      try {
        taken.acquire();
      } catch (InterruptedException givenUp) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(givenUp);
      }
    }
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
    copy.close();
  }

  private void fill(int rows) {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(64) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, SHA2(n, 256) FROM " + Numbers.below(rows));
  }

  private BackupOptions options() {
    return new BackupOptions(
        TestRepository.of(schema.name()).selection(),
        2,
        TestRepository.PART_BYTES,
        1,
        Optional.empty());
  }

  private BackupReport call(TestServer from) {
    return repository.backup(from, options().until(TimeLimit.in(CALL)));
  }

  private static <E extends VarveException> E endsInTime(Class<E> how, Runnable call) {
    long start = System.nanoTime();
    E answer = catchThrowableOfType(how, call::run);
    assertThat(answer).as("the answer").isNotNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CALL.plus(NOTING));
    return answer;
  }

  private void assertRestores(BackupReport backup) {
    repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  private Set<String> keys(BackupReport backup) {
    return repository.manifest(backup).tables().stream()
        .flatMap(table -> table.parts().stream())
        .map(PartEntry::key)
        .collect(Collectors.toSet());
  }

  @Test
  void whenAllIsReadAndAStoreIsSlowTheNextCallHasOnlyToStoreTheRest() {
    fill(700); // three parts, which find room in memory
    taken.release(1);
    endsInTime(ContinueException.class, () -> call(server));
    Set<String> stored = repository.source().partSizes().keySet();
    assertThat(stored).hasSize(1);
    taken.release(1_000);
    BackupReport backup = call(server);
    assertThat(keys(backup)).containsAll(stored);
    assertRestores(backup);
  }

  @Test
  void readersThatWaitForASlowStoreEndInTimeAndWhatIsStoredIsKept() {
    fill(20_000);
    taken.release(3);
    endsInTime(ContinueException.class, () -> call(server));
    Set<String> stored = repository.source().partSizes().keySet();
    assertThat(stored).hasSize(3);
    taken.release(1_000);
    BackupReport backup = call(server);
    assertThat(keys(backup)).containsAll(stored);
    assertRestores(backup);
  }

  @Test
  void aStoreThatTakesNotOnePartInACallIsSaid() {
    fill(700);
    InvalidRequestException refused = endsInTime(InvalidRequestException.class, () -> call(server));
    assertThat(refused.reason()).contains("has not taken a single part within the 2.5 seconds");
    assertThat(refused.hint()).contains("--deadline", "--part-size");
  }

  @Test
  void aWorkerEndsInTimeTooAndGoesOnWhenItIsCalledAgain() {
    fill(700);
    try (Source source = Source.connect(TestRepository.settings(server))) {
      new BackupPlanner(source, repository.source(), options(), Progress.SILENT, Clock.systemUTC())
          .run(Optional.of(JOB), 1, BackupPlanner.Snapshots.OWN);
    }
    endsInTime(InvalidRequestException.class, this::share);
    taken.release(1);
    endsInTime(ContinueException.class, this::share);
    taken.release(1_000);
    assertThat(share().share()).isEqualTo("read");
    Set<String> ofWorker = repository.source().partSizes().keySet();
    BackupReport backup = repository.backup(server, options().on(BackupBase.of(plan())));
    assertThat(ofWorker).containsAll(keys(backup));
    assertRestores(backup);
  }

  private WorkPlan plan() {
    return repository.source().plan(JOB).orElseThrow();
  }

  private ShareReport share() {
    try (Source source = Source.connect(TestRepository.settings(server))) {
      return new BackupShare(
              source,
              repository.source(),
              plan(),
              0,
              BackupOptions.of(plan(), 2).until(TimeLimit.in(CALL)),
              Duration.ZERO,
              Progress.SILENT,
              Clock.systemUTC())
          .run();
    }
  }

  /** As large as the table seems to be, it would be read by one query: of 20 seconds, here. */
  @Test
  void aTableThatIsLargerThanItsStatisticsSayIsReadNoLongerThanTheCallLasts() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(500) NOT NULL) ENGINE=InnoDB"
            + " STATS_PERSISTENT=1 STATS_AUTO_RECALC=0");
    server.rows("ANALYZE TABLE " + schema.name() + ".t");
    schema.execute("INSERT INTO t SELECT n, REPEAT(SHA2(n, 256), 7) FROM " + Numbers.below(40_000));
    taken.release(100_000);
    endsOnASlowLineAndIsDoneOnAQuickOne();
  }

  /** Nor is waited for what the server still sends of it. */
  @Test
  void aTableWithoutAKeyIsGivenUpWhenTheTimeIsUp() {
    schema.execute(
        "CREATE TABLE t (v VARCHAR(500)) ENGINE=InnoDB",
        "INSERT INTO t SELECT REPEAT(SHA2(n, 256), 7) FROM " + Numbers.below(40_000));
    taken.release(100_000);
    try (SlowLine line = SlowLine.to(server, 1_000_000)) {
      InvalidRequestException refused =
          endsInTime(InvalidRequestException.class, () -> call(line.server()));
      assertThat(refused.reason()).contains("t has no key");
    }
    assertRestores(repository.backup(server, options()));
  }

  private void endsOnASlowLineAndIsDoneOnAQuickOne() {
    try (SlowLine line = SlowLine.to(server, 1_000_000)) {
      endsInTime(ContinueException.class, () -> call(line.server()));
    }
    List<String> stored = List.copyOf(repository.source().partSizes().keySet());
    assertThat(stored).isNotEmpty();
    BackupReport backup = repository.backup(server, options());
    assertThat(keys(backup)).containsAll(stored);
    assertRestores(backup);
  }
}
