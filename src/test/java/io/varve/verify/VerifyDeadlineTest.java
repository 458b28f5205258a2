package io.varve.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.backup.BackupBase;
import io.varve.repository.BackupId;
import io.varve.repository.PartEntry;
import io.varve.retention.Prune;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verifications that take longer than one call may. The time is the tests' own: each part that is
 * read takes a third of a second of it.
 */
@Tag("time")
class VerifyDeadlineTest {

  private static final Duration CALL = Duration.ofSeconds(3); // of which 2.5 are for work
  private static final long PART_NANOS = 330_000_000;
  private static final int MOST_CALLS = 50;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final AtomicLong now = new AtomicLong();
  private final Queue<String> read = new ConcurrentLinkedQueue<>();
  private final Path folder;
  private final TestRepository repository;
  private final BackupId parent;
  private final BackupId child;
  private long look = 1_000_000;

  VerifyDeadlineTest(@TempDir Path folder) {
    this.folder = folder;
    this.repository =
        TestRepository.over(
            new WrappedStore(
                Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
                key -> {
                  if (key.contains("/parts/")) {
                    now.addAndGet(PART_NANOS);
                    read.add(key);
                  }
                }));
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(12_000));
    this.parent = repository.backup(server, TestRepository.of(schema.name())).id();
    schema.execute("UPDATE t SET v = REVERSE(v) WHERE id < 3000");
    this.child =
        repository.backup(server, TestRepository.of(schema.name()).on(BackupBase.LATEST)).id();
    read.clear();
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
  }

  private VerifyReport call(int percent, Optional<StoppedAt> from, Instant moment) {
    TimeLimit limit = TimeLimit.in(CALL, () -> now.addAndGet(look));
    return new Verification(
            repository.source(),
            new VerifyOptions(percent, 2, limit, from),
            Progress.SILENT,
            Clock.fixed(moment, ZoneOffset.UTC))
        .runAll();
  }

  /** Calls again until it is done; each call at a later moment. */
  private VerifyReport callAgainAndAgain(int percent, Optional<StoppedAt> first) {
    Instant moment = Instant.now();
    Optional<StoppedAt> from = first;
    for (int calls = 1; calls < MOST_CALLS; calls++) {
      int before = read.size();
      try {
        VerifyReport report = call(percent, from, moment.plusSeconds(1_000L * calls));
        assertThat(calls).as("calls").isGreaterThanOrEqualTo(first.isPresent() ? 1 : 3);
        return report;
      } catch (ContinueException next) {
        assertThat(next.exitCode()).isEqualTo(7);
        assertThat(next.hint()).contains("--continue " + next.token());
        assertThat(read.size()).as("each call comes further").isGreaterThan(before);
        from = StoppedAt.parse(next.token());
        assertThat(from).isPresent();
      }
    }
    throw new AssertionError("called " + MOST_CALLS + " times, and would for ever");
  }

  @Test
  void callsReadEachPartOnce() {
    VerifyReport last = callAgainAndAgain(100, Optional.empty());
    assertThat(last.sound()).isTrue();
    assertThat(last.next()).isNull();
    assertThat(read)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(repository.source().partSizes().keySet());
    assertThat(repository.source().openJobs()).as("pins that have not ended").isEmpty();
  }

  @Test
  void aSampleIsThatOfTheFirstCall() {
    Instant first = Instant.ofEpochSecond(1_800_000_000L);
    new Verification(
            repository.source(), 60, 2, Progress.SILENT, Clock.fixed(first, ZoneOffset.UTC))
        .runAll();
    List<String> sample = List.copyOf(read);
    read.clear();
    ContinueException next =
        catchThrowableOfType(ContinueException.class, () -> call(60, Optional.empty(), first));
    callAgainAndAgain(60, StoppedAt.parse(next.token()));
    assertThat(read).containsExactlyInAnyOrderElementsOf(sample);
  }

  @Test
  void whatIsPrunedBetweenTwoCallsIsNoDamage() {
    ContinueException next =
        catchThrowableOfType(
            ContinueException.class, () -> call(100, Optional.empty(), Instant.now()));
    new Prune(repository.source(), Progress.SILENT, Clock.systemUTC()).forget(parent);
    VerifyReport last = callAgainAndAgain(100, StoppedAt.parse(next.token()));
    assertThat(last.sound()).isTrue();
    assertThat(read).doesNotHaveDuplicates().containsAll(repository.source().partSizes().keySet());
  }

  @Test
  void damageIsTheAnswerOfTheCallThatFindsItWithWhereToGoOn() throws IOException {
    RepositoryFiles files = new RepositoryFiles(folder);
    List<PartEntry> parts = repository.source().manifest(child).tables().getFirst().parts();
    for (PartEntry part : parts) {
      files.flipBit(part);
    }
    List<VerifyReport> reports = new ArrayList<>();
    String next = "";
    for (int calls = 0; calls < MOST_CALLS && next != null; calls++) {
      next = nextOfACall(StoppedAt.parse(next), reports);
    }
    assertThat(next).as("what is left after the last call").isNull();
    assertThat(reports).as("calls that found damage").hasSizeGreaterThan(3);
    long found =
        reports.stream()
            .flatMap(report -> report.damages().stream())
            .filter(damage -> damage.backup().equals(child))
            .count();
    assertThat(found).as("damaged parts, each found by one call").isEqualTo(parts.size());
  }

  /** Where the next goes on; null if there is nothing left. */
  private @Nullable String nextOfACall(Optional<StoppedAt> from, List<VerifyReport> reports) {
    try {
      VerifyReport report = call(100, from, Instant.now());
      reports.add(report);
      assertThat(report.next()).isNotEqualTo(from.map(StoppedAt::token).orElse(""));
      return report.next();
    } catch (ContinueException noneFound) {
      return noneFound.token();
    }
  }

  @Test
  void aCallThatCannotReadAPartSaysSo() {
    look = Duration.ofMillis(900).toNanos();
    VarveException refused =
        catchThrowableOfType(
            VarveException.class, () -> call(100, Optional.empty(), Instant.now()));
    assertThat(refused).isInstanceOf(InvalidRequestException.class);
    assertThat(refused.reason()).contains("2.5 seconds", "before a part was read");
    assertThat(read).isEmpty();
    assertThat(repository.source().openJobs()).isEmpty();
  }

  @Test
  void aTokenThatIsNoneIsNotTaken() {
    assertThat(StoppedAt.parse(child.value())).isEmpty();
    assertThat(StoppedAt.parse("1800000000-")).isEmpty();
    assertThat(StoppedAt.parse("1800000000-0123456789abcdef")).isPresent();
  }
}
