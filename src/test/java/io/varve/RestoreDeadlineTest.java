package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.backup.BackupOptions;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restores that take longer than one call may. The time is the tests' own: it goes on with each
 * part that is read, with each range of rows that is compared, and with each look at the clock.
 */
@Tag("time")
class RestoreDeadlineTest {

  private static final Duration CALL = Duration.ofSeconds(3); // of which 2.5 are for work
  private static final long PART_BYTES = 64 << 10;
  private static final int MOST_CALLS = 60;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final Queue<String> read = new ConcurrentLinkedQueue<>();
  private final AtomicLong now = new AtomicLong();
  private final TestRepository repository;
  private Duration look = Duration.ofMillis(1);
  private Duration part = Duration.ofMillis(200);
  private Duration comparing = Duration.ZERO;
  private Duration verifying = Duration.ofMillis(200);
  private long verifiedBytes;
  private BackupId backup = new BackupId("20200101T000000Z-full-none");

  RestoreDeadlineTest(@TempDir Path folder) {
    this.repository =
        TestRepository.over(
            new WrappedStore(
                Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
                key -> {
                  if (key.contains("/parts/")) {
                    now.addAndGet(part.toNanos());
                    read.add(key);
                  }
                }));
  }

  @BeforeEach
  void backUp() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(100) NOT NULL, KEY by_v (v), KEY both_v (v, id))"
            + " ENGINE=InnoDB",
        "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 20), 5) FROM " + Numbers.below(20_000),
        "CREATE TABLE child (id INT PRIMARY KEY, t INT, FOREIGN KEY (t) REFERENCES t (id))"
            + " ENGINE=InnoDB",
        "INSERT INTO child SELECT n, n FROM " + Numbers.below(500),
        "CREATE VIEW some AS SELECT id FROM t WHERE id < 10",
        "CREATE TRIGGER before_child BEFORE INSERT ON child FOR EACH ROW SET NEW.t = NEW.t");
    backup = repository.backup(server, backingUp()).id();
    read.clear();
  }

  private BackupOptions backingUp() {
    return new BackupOptions(
        new TableSelection(List.of(schema.name()), List.of()), 2, PART_BYTES, 1, Optional.empty());
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
  }

  private RestoreOptions options(RestoreMode mode) {
    return new RestoreOptions(TableSelection.ALL, Map.of(schema.name(), copy.name()), mode, 2);
  }

  private RestoreOptions limited(RestoreMode mode) {
    return options(mode).until(TimeLimit.in(CALL, () -> now.addAndGet(look.toNanos())));
  }

  private RestoreReport call(RestoreMode mode) {
    return repository.restore(server, backup, limited(mode), new Timed());
  }

  /** Lets the time go on with the ranges that are compared. */
  private final class Timed implements Progress {
    private Duration range = Duration.ZERO;
    private boolean isVerifying;

    @Override
    public synchronized void begin(String phase, long expectedBytes) {
      isVerifying = phase.equals("verifying");
      range = isVerifying ? verifying : phase.equals("comparing") ? comparing : Duration.ZERO;
    }

    @Override
    public synchronized void advance(long rows, long bytes) {
      now.addAndGet(range.toNanos());
      verifiedBytes += isVerifying ? bytes : 0;
    }

    @Override
    public void warn(String text) {}
  }

  /** Calls until it is done; answers what the calls said that were not. */
  private List<String> callAgainAndAgain(RestoreMode mode) {
    List<String> said = new ArrayList<>();
    while (said.size() < MOST_CALLS) {
      try {
        assertThat(call(mode).verified()).isTrue();
        return said;
      } catch (ContinueException next) {
        assertThat(next.token()).isEqualTo(backup.value());
        assertThat(next.hint()).contains("--backup " + backup).doesNotContain("--continue");
        said.add(next.reason());
      }
    }
    throw new AssertionError("called " + MOST_CALLS + " times, and would for ever: " + said);
  }

  /** Calls until one has verified some ranges and not all. */
  private void callUntilSomeRangesAreVerified() {
    for (int calls = 0; calls < MOST_CALLS; calls++) {
      ContinueException next =
          catchThrowableOfType(ContinueException.class, () -> call(RestoreMode.CREATE));
      if (next.reason().contains("verifying")) {
        return;
      }
    }
    throw new AssertionError("no call came so far");
  }

  /** Of calls that do not end well: the first that is not told to go on. */
  private VarveException lastAnswer() {
    for (int calls = 0; calls < MOST_CALLS; calls++) {
      VarveException answer =
          catchThrowableOfType(VarveException.class, () -> call(RestoreMode.CREATE));
      if (!(answer instanceof ContinueException)) {
        return answer;
      }
    }
    throw new AssertionError("called " + MOST_CALLS + " times, and would for ever");
  }

  private void assertIsTheCopy() {
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  private long rawBytes() {
    return repository.source().manifest(backup).totals().rawBytes();
  }

  @Test
  void callsLoadEachPartOnceAndVerifyEachRangeOnce() {
    List<String> said = callAgainAndAgain(RestoreMode.CREATE);
    assertThat(said).hasSizeGreaterThanOrEqualTo(4);
    assertThat(said).anyMatch(reason -> reason.equals("the time is up while loading"));
    assertThat(said).anyMatch(reason -> reason.equals("the time is up while verifying"));
    assertThat(read)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(repository.source().partSizes().keySet());
    assertThat(verifiedBytes).as("bytes verified by all calls together").isEqualTo(rawBytes());
    assertIsTheCopy();
  }

  @Test
  void whatStandsIsReplacedByCallsToo() {
    copy.execute("CREATE TABLE t (other INT)", "CREATE TABLE some (other INT)");
    assertThat(callAgainAndAgain(RestoreMode.REPLACE)).hasSizeGreaterThanOrEqualTo(4);
    assertThat(read).doesNotHaveDuplicates();
    assertIsTheCopy();
  }

  @Test
  void theBackupStaysPinnedBetweenTwoCalls() {
    assertThatThrownBy(() -> call(RestoreMode.CREATE)).isInstanceOf(ContinueException.class);
    assertThat(repository.source().openJobs())
        .anyMatch(job -> job.pinnedBackup().equals(Optional.of(backup)));
  }

  @Test
  void aRangeThatDiffersIsSaidByTheCallThatFindsIt() {
    callUntilSomeRangesAreVerified();
    copy.execute("UPDATE t SET v = 'changed'");
    DamageFoundException found =
        catchThrowableOfType(DamageFoundException.class, () -> call(RestoreMode.CREATE));
    assertThat(found.reason()).contains("table " + copy.name() + ".t part");
  }

  /** No note of an earlier call vouches for it. */
  @Test
  void aTableThatWasTakenAwayBetweenTwoCallsIsNotTakenForVerified() {
    verifying = Duration.ofMillis(100);
    callUntilSomeRangesAreVerified();
    copy.execute("SET SESSION foreign_key_checks = 0", "DROP TABLE t");
    VarveException found = lastAnswer();
    assertThat(found).isInstanceOf(DamageFoundException.class);
    assertThat(found.reason()).contains("table " + copy.name() + ".t part 0 (0 rows");
  }

  @Test
  void aRunWithoutALimitVerifiesAllOfIt() {
    callUntilSomeRangesAreVerified();
    verifiedBytes = 0;
    RestoreReport last =
        repository.restore(server, backup, options(RestoreMode.CREATE), new Timed());
    assertThat(last.verified()).isTrue();
    assertThat(verifiedBytes).isEqualTo(rawBytes());
    assertIsTheCopy();
  }

  /** Each look takes long, so that calls stop between tables, indexes, foreign keys and objects. */
  @Test
  void callsStopBetweenTheStepsAfterTheLoadToo() {
    for (int i = 0; i < 12; i++) {
      schema.execute("CREATE VIEW v" + i + " AS SELECT " + i + " FROM t");
    }
    backup = repository.backup(server, backingUp()).id();
    part = Duration.ZERO;
    verifying = Duration.ZERO;
    look = Duration.ofMillis(50);
    List<String> said = callAgainAndAgain(RestoreMode.CREATE);
    assertThat(said).anyMatch(reason -> !reason.endsWith("loading") && !reason.endsWith("ying"));
    assertIsTheCopy();
  }

  @Test
  void aCallThatComesNoFurtherSaysSo() {
    look = Duration.ofSeconds(3);
    VarveException refused =
        catchThrowableOfType(VarveException.class, () -> call(RestoreMode.CREATE));
    assertThat(refused).isInstanceOf(InvalidRequestException.class);
    assertThat(refused.reason()).contains("2.5 seconds", "while making tables");
    assertThat(refused.hint()).contains("--deadline", "--backup " + backup);
  }

  /** No call could go on where another stopped. */
  @Test
  void aTableWithoutTransactionsThatTakesLongerThanACallIsNamed() {
    schema.execute(
        "CREATE TABLE isam (id INT PRIMARY KEY, v CHAR(100) NOT NULL) ENGINE=MyISAM",
        "INSERT INTO isam SELECT id, v FROM t");
    backup = repository.backup(server, backingUp()).id();
    VarveException said = lastAnswer();
    assertThat(said).isInstanceOf(InvalidRequestException.class);
    assertThat(said.reason()).contains("loading " + copy.name() + ".isam", "no transactions");
    repository.restore(server, backup, options(RestoreMode.CREATE));
    assertIsTheCopy();
  }

  @Test
  void whatDiffersIsReplacedOnceByCalls() {
    repository.restore(server, backup, options(RestoreMode.CREATE));
    copy.execute("UPDATE t SET v = REVERSE(v)");
    read.clear();
    comparing = Duration.ofMillis(20);
    verifying = Duration.ZERO;
    assertThat(callAgainAndAgain(RestoreMode.DIFF)).hasSizeGreaterThanOrEqualTo(2);
    assertThat(read)
        .as("parts read to replace ranges")
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(20);
    assertIsTheCopy();
  }

  @Test
  void tablesThatAreMissingAreMadeByCallsAlsoWhereTheOthersAreCompared() {
    assertThat(callAgainAndAgain(RestoreMode.DIFF)).hasSizeGreaterThanOrEqualTo(4);
    assertThat(read).doesNotHaveDuplicates();
    assertThat(verifiedBytes).isEqualTo(rawBytes());
    assertIsTheCopy();
  }

  @Test
  void aSizeThatNoCallCanCompareIsSaid() {
    repository.restore(server, backup, options(RestoreMode.CREATE));
    comparing = Duration.ofMillis(500);
    VarveException refused =
        catchThrowableOfType(VarveException.class, () -> call(RestoreMode.DIFF));
    assertThat(refused).isInstanceOf(InvalidRequestException.class);
    assertThat(refused.reason()).contains("comparing, which each call does anew");
  }

  /** As in a sync, whose next run is to go on with this backup, and not to make another. */
  @Test
  void aRestoreThatWasLeftLittleTimeIsFoundAndGoneOnWith() {
    repository.restore(server, backup, options(RestoreMode.CREATE));
    copy.execute("UPDATE t SET v = REVERSE(v)");
    comparing = Duration.ofMillis(500);
    ContinueException next =
        catchThrowableOfType(
            ContinueException.class,
            () ->
                onTarget(
                    restore -> {
                      restore.comesAfterOtherWork();
                      restore.run(restore.plan(backup));
                    }));
    assertThat(next.token()).isEqualTo(backup.value());
    repository.backup(server, backingUp());
    comparing = Duration.ZERO;
    onTarget(
        restore -> assertThat(restore.unfinished(Set.of("other", copy.name()))).contains(backup));
    callAgainAndAgain(RestoreMode.DIFF);
    onTarget(restore -> assertThat(restore.unfinished(Set.of(copy.name()))).isEmpty());
    assertIsTheCopy();
  }

  private void onTarget(Consumer<Restore> work) {
    try (Target target = Target.connect(TestRepository.settings(server), Target.BinaryLog.ON)) {
      work.accept(
          new Restore(
              repository.source(),
              target,
              limited(RestoreMode.DIFF),
              new Timed(),
              Clock.systemUTC()));
    }
  }
}
