package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.repository.BackupKind;
import io.varve.repository.Job;
import io.varve.repository.Lease;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.CommandLineChild;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A run goes on where another stopped: killed, cut off, or out of time. */
@TestInstance(Lifecycle.PER_CLASS)
class ResumeTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final BackupOptions options = TestRepository.of(schema.name());

  ResumeTest() {
    String padding = "REPEAT(LEFT(SHA2(n, 256), 32), 4)";
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, " + padding + " FROM " + Numbers.below(20_000),
        "CREATE TABLE names (name VARCHAR(60) PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO names SELECT SHA2(n, 224), " + padding + " FROM " + Numbers.below(5_000),
        "CREATE TABLE keyless (v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO keyless SELECT " + padding + " FROM " + Numbers.below(500));
    server.rows("ANALYZE TABLE " + schema.name() + ".orders, " + schema.name() + ".names");
  }

  @AfterAll
  void close() {
    schema.close();
  }

  /** A store that goes away after some parts; the next run reads only what is missing. */
  @Test
  void aRunThatWasCutOffIsGoneOnWith(@TempDir Path folder) {
    AtomicInteger left = new AtomicInteger(60);
    try (TestRepository failing = TestRepository.over(failingAfter(folder, left))) {
      assertThatThrownBy(() -> failing.backup(server, options))
          .isInstanceOf(RetryLaterException.class);
      assertThat(failing.source().backups()).isEmpty();
    }
    try (TestRepository repository = TestRepository.in(folder)) {
      List<String> warnings = new ArrayList<>();
      BackupReport backup =
          repository.backup(server, options, IncrementalTest.warningsTo(warnings));
      assertThat(warnings).anyMatch(text -> text.contains("left unfinished"));
      // what was judged by the server was not read
      assertThat(backup.changes().partsStored()).isEqualTo(backup.totals().parts());
      assertThat(repository.source().partSizes().size())
          .as("parts made by both runs together")
          .isLessThan(backup.totals().parts() + 40);
      assertRestores(repository, backup);
    }
  }

  private static WrappedStore failingAfter(Path folder, AtomicInteger left) {
    return new WrappedStore(
        Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
        key -> {
          if (key.contains("/parts/") && left.decrementAndGet() < 0) {
            throw new RetryLaterException("put", "a part", "the test says so", "Try again.");
          }
        });
  }

  @Test
  void aRunKilledBeforeItsCommitIsGoneOnWith(@TempDir Path folder) throws Exception {
    try (TestRepository repository = TestRepository.in(folder)) {
      try (CommandLineChild child = CommandLineChild.backup(server, folder, schema.name())) {
        while (child.isAlive() && repository.source().partSizes().size() < 20) {
          Thread.onSpinWait();
        }
        child.kill();
      }
      if (repository.source().backups().isEmpty()) {
        BackupReport backup = repository.backup(server, options);
        assertRestores(repository, backup);
        assertThat(repository.source().closedIds()).containsExactly(backup.id());
      }
      assertThat(repository.source().backups()).hasSize(1);
    }
  }

  @Test
  void aTokenOfAFinishedBackupIsRefused(@TempDir Path folder) {
    try (TestRepository repository = TestRepository.in(folder)) {
      BackupReport backup = repository.backup(server, options);
      BackupBase token =
          new BackupBase(BackupKind.FULL, Optional.empty(), Optional.of(backup.id()));
      InvalidRequestException refused =
          catchThrowableOfType(
              InvalidRequestException.class, () -> repository.backup(server, options.on(token)));
      assertThat(refused.reason()).isEqualTo("it is finished");
    }
  }

  @Test
  void oneRunAtATimeWrites(@TempDir Path folder) {
    try (TestRepository repository = TestRepository.in(folder)) {
      Job other = Job.ofBackup(repository.source(), Clock.systemUTC());
      try (Lease held = Lease.take(repository.source(), other, note -> {})) {
        Thread renewing =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        Thread.sleep(1500);
                        held.require();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    });
        assertThatThrownBy(() -> repository.backup(server, options))
            .isInstanceOf(RetryLaterException.class)
            .hasMessageContaining(other.id() + " is at work");
        renewing.interrupt();
      }
      assertThat(repository.backup(server, options).totals().tables()).isEqualTo(3);
    }
  }

  private void assertRestores(TestRepository repository, BackupReport backup) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }
}
