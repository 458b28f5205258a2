package io.varve.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.repository.BackupId;
import io.varve.testing.FolderCopy;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prunes that take longer than one call may. The time is the tests' own: it goes on with each look
 * at the clock.
 */
@Tag("time")
class PruneDeadlineTest {

  private static final Duration CALL = Duration.ofSeconds(3); // of which 2.5 are for work
  private static final int MOST_CALLS = 100;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final AtomicLong now = new AtomicLong();
  private final Path whole;
  private final Path inCalls;

  PruneDeadlineTest(@TempDir Path folder) {
    this.whole = folder.resolve("whole");
    this.inCalls = folder.resolve("calls");
  }

  /** A full one and three incrementals, each of which changes some rows. */
  @BeforeEach
  void backUp() throws IOException {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 32), 4) FROM " + Numbers.below(1_500));
    BackupOptions full = TestRepository.of(schema.name());
    try (TestRepository repository = TestRepository.in(whole)) {
      for (int i = 0; i < 4; i++) {
        repository.backup(server, i == 0 ? full : full.on(BackupBase.LATEST));
        schema.execute("UPDATE t SET v = REVERSE(v) WHERE id > " + 400 * i);
      }
    }
    FolderCopy.of(whole, inCalls);
  }

  @AfterEach
  void close() {
    schema.close();
  }

  private static RetentionPolicy last(int count) {
    return new RetentionPolicy(count, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
  }

  private PruneReport call(TestRepository repository, Duration look) {
    TimeLimit limit = TimeLimit.in(CALL, () -> now.addAndGet(look.toNanos()));
    return new Prune(repository.source(), Progress.SILENT, Clock.systemUTC(), limit).run(last(1));
  }

  @Test
  void callsLeaveWhatOneRunLeaves() {
    try (TestRepository atOnce = TestRepository.in(whole);
        TestRepository repository = TestRepository.in(inCalls)) {
      PruneReport expected =
          new Prune(atOnce.source(), Progress.SILENT, Clock.systemUTC()).run(last(1));
      assertThat(expected.deletedParts()).isGreaterThan(10);
      int calls = 1;
      for (Set<String> before = objects(repository); !isDone(repository); calls++) {
        Set<String> after = objects(repository);
        assertThat(after).as("each call comes further").isNotEqualTo(before);
        assertThat(calls).isLessThan(MOST_CALLS);
        assertThat(repository.source().openJobs()).as("records that have not ended").isEmpty();
        assertRestores(repository, repository.source().backups().getLast().id());
        before = after;
      }
      assertThat(calls).as("calls").isGreaterThan(3);
      assertThat(objects(repository)).isEqualTo(objects(atOnce));
      assertThat(repository.verify(100).sound()).isTrue();
    }
  }

  private boolean isDone(TestRepository repository) {
    try {
      call(repository, Duration.ofMillis(300));
      return true;
    } catch (ContinueException next) {
      assertThat(next.exitCode()).isEqualTo(7);
      assertThat(next.token()).as("the same call goes on").isEmpty();
      return false;
    }
  }

  private void assertRestores(TestRepository repository, BackupId id) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, id, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name())).isNotNull();
    }
  }

  private static Set<String> objects(TestRepository repository) {
    Set<String> keys = new TreeSet<>();
    repository.store().list("", object -> keys.add(object.key()));
    keys.removeIf(key -> key.contains("/jobs/"));
    return keys;
  }

  @Test
  void aCallThatCannotEvenBeginSaysSo() {
    try (TestRepository repository = TestRepository.in(inCalls)) {
      Set<String> before = objects(repository);
      VarveException refused =
          catchThrowableOfType(VarveException.class, () -> call(repository, Duration.ofSeconds(3)));
      assertThat(refused).isInstanceOf(InvalidRequestException.class);
      assertThat(refused.reason()).contains("2.5 seconds", "before anything was deleted");
      assertThat(refused.hint()).contains("--deadline");
      assertThat(objects(repository)).isEqualTo(before);
    }
  }

  /** The first calls bury; but then the time of each is over before all manifests are read. */
  @Test
  void moreManifestsThanACallCanReadAreSaid() {
    try (TestRepository repository = TestRepository.in(inCalls)) {
      for (int calls = 0; calls < MOST_CALLS; calls++) {
        try {
          call(repository, Duration.ofMillis(1_300));
        } catch (ContinueException next) {
          continue;
        } catch (InvalidRequestException refused) {
          assertThat(calls).as("calls that came further").isEqualTo(3);
          assertThat(repository.source().backups()).hasSize(1);
          return;
        }
        break;
      }
      throw new AssertionError("it was not refused");
    }
  }
}
