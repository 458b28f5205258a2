package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.repository.Job;
import io.varve.repository.Lease;
import io.varve.repository.Summary;
import io.varve.store.ObjectInfo;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.CommandLineChild;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One run at a time writes to a source's backups; who loses that place loses only its work. */
@Timeout(120)
class LeaseTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final BackupOptions options = TestRepository.of(schema.name());
  private final Path folder;
  private final RepositoryFiles files;

  LeaseTest(@TempDir Path folder) {
    this.folder = folder;
    files = new RepositoryFiles(folder);
  }

  @AfterEach
  void close() {
    schema.close();
  }

  private static Lease take(TestRepository repository, List<String> notes) {
    Job job = Job.ofBackup(repository.source(), Clock.systemUTC());
    return Lease.take(repository.source(), job, notes::add);
  }

  /** Nobody else can tell whether it lives, so what counts is when it was last renewed. */
  @Test
  void aLeaseThatHasRunOutIsTakenAtOnceAndItsHolderNotices() throws IOException {
    try (TestRepository repository = TestRepository.in(folder)) {
      List<String> notes = new ArrayList<>();
      try (Lease first = take(repository, notes)) {
        first.require();
        files.letLeaseRunOut();
        try (Lease second = take(repository, notes)) {
          assertThat(notes).as("waited").isEmpty();
          assertThatThrownBy(first::require)
              .isInstanceOf(RetryLaterException.class)
              .hasMessageContaining("another took its place");
          second.require();
        }
        assertThatThrownBy(first::require).isInstanceOf(RetryLaterException.class);
      }
      // closing the first has not freed what was the second's, nor does it hinder a third
      try (Lease third = take(repository, notes)) {
        third.require();
      }
    }
  }

  /** A store whose clock is a day off: both the lease and the one who asks are dated by it. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void itRunsOutByTheClockOfTheStoreNotOfTheMachine(int days) throws Exception {
    WrappedStore skewed =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {},
            object ->
                new ObjectInfo(
                    object.key(), object.size(), object.modified().plus(Duration.ofDays(days))));
    try (TestRepository repository = TestRepository.over(skewed)) {
      List<String> notes = new ArrayList<>();
      try (Lease first = take(repository, notes)) {
        Thread asking =
            Thread.ofPlatform()
                .start(
                    () -> {
                      try (Lease taken = take(repository, notes)) {
                        notes.add("taken while it was held");
                      } catch (RetryLaterException | StoppedException waited) {
                        // as it should
                      }
                    });
        while (notes.isEmpty() && asking.isAlive()) {
          LockSupport.parkNanos(1_000_000);
        }
        first.require(); // a sign of life, which the other sees
        asking.join();
        assertThat(notes)
            .singleElement()
            .satisfies(note -> assertThat(note).containsPattern("ends in [3-6][0-9] seconds"));
        files.letLeaseRunOut();
        take(repository, notes).close();
        assertThat(notes).hasSize(1);
      }
    }
  }

  /**
   * Its machine sleeps in the middle of a backup; meanwhile the lease runs out, and another run
   * makes the backup. Awake again it finds that out before it commits, and says so.
   */
  @Test
  void aRunThatWasAsleepWhileAnotherCommittedNoticesAndHarmsNothing() throws Exception {
    String padding = "REPEAT(LEFT(SHA2(n, 256), 32), 9)";
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, " + padding + " FROM " + Numbers.below(8_000));
    server.rows("ANALYZE TABLE " + schema.name() + ".t");
    SchemaContents before = SchemaContents.of(server, schema.name());
    try (TestRepository repository = TestRepository.in(folder);
        CommandLineChild sleeper =
            CommandLineChild.backup(
                server, folder, schema.name(), "--parallel", "1", "--compression-level", "19")) {
      awaitPart(repository, sleeper);
      sleeper.pause();
      assertThat(repository.source().backups()).as(sleeper.text()).isEmpty();
      files.letLeaseRunOut();
      BackupReport other = repository.backup(server, options);
      schema.execute("UPDATE t SET v = 'of a later time' WHERE id < 100");
      sleeper.goOn();
      assertThat(sleeper.await()).as(sleeper.text()).isEqualTo(5);
      assertThat(sleeper.text()).contains("another took its place", "varve list");
      assertThat(repository.source().backups().stream().map(Summary::id))
          .containsExactly(other.id());
      assertThat(repository.verify(100).damages()).isEmpty();
      try (TestSchema copy = server.freshSchema()) {
        repository.restore(server, other, TestRepository.renaming(schema.name(), copy.name()));
        assertThat(SchemaContents.of(server, copy.name())).isEqualTo(before);
      }
      BackupReport next = repository.backup(server, options);
      assertThat(next.id()).isNotEqualTo(other.id());
    }
  }

  private static void awaitPart(TestRepository repository, CommandLineChild child) {
    Instant latest = Instant.now().plusSeconds(60);
    while (repository.source().partSizes().isEmpty()) {
      assertThat(child.isAlive()).as(child.text()).isTrue();
      assertThat(Instant.now()).as(child.text()).isBefore(latest);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** It need not run out: on the same machine it shows that the process is gone. */
  @Test
  void theLeaseOfAProcessThatWasKilledIsTakenAtOnce() throws Exception {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, REPEAT(SHA2(n, 256), 4) FROM " + Numbers.below(5_000));
    try (TestRepository repository = TestRepository.in(folder)) {
      try (CommandLineChild child =
          CommandLineChild.backup(
              server, folder, schema.name(), "--parallel", "1", "--compression-level", "19")) {
        awaitPart(repository, child);
        child.kill();
      }
      assertThat(repository.source().backups()).isEmpty();
      List<String> notes = new ArrayList<>();
      take(repository, notes).close();
      assertThat(notes).as("waited").isEmpty();
      BackupReport backup = repository.backup(server, options);
      assertThat(repository.verify(100).damages()).isEmpty();
      assertThat(backup.totals().rows()).isEqualTo(5_000);
    }
  }
}
