package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupReport;
import io.varve.testing.CommandLineRun;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A restored server becomes a replica by the statements that {@code varve show} prints. */
@TestInstance(Lifecycle.PER_CLASS)
class ReplicaFromBackupTest {

  private static final int ROWS = 5_000;

  private final EmbeddedMariaDb source = EmbeddedMariaDb.start();

  @AfterAll
  void close() {
    source.close();
  }

  @Test
  void theReplicaMissesNothingAndRepeatsNothing(@TempDir Path folder) throws Exception {
    TestServer primary = source.server();
    try (EmbeddedMariaDb target = EmbeddedMariaDb.start("--server-id=8", "--log-slave-updates=1");
        TestRepository repository = TestRepository.in(folder);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      TestServer replica = target.server();
      primary.execute(
          "CREATE DATABASE bank",
          "USE bank",
          "CREATE TABLE accounts (id INT PRIMARY KEY, v INT NOT NULL) ENGINE=InnoDB",
          "INSERT INTO accounts SELECT n, 100 FROM " + Numbers.below(ROWS),
          "CREATE TABLE journal (id INT AUTO_INCREMENT PRIMARY KEY, account INT) ENGINE=InnoDB");
      AtomicBoolean done = new AtomicBoolean();
      BackupReport backup;
      Future<Integer> writer = threads.submit(() -> write(primary, done));
      try {
        while (primary.value("SELECT COUNT(*) < 20 FROM bank.journal").equals("1")) {
          LockSupport.parkNanos(1_000_000);
        }
        backup = repository.backup(primary, TestRepository.of("bank"));
        CommandLineRun restored =
            CommandLineRun.withLogin(
                replica,
                "restore",
                "--store",
                repository.store().location(),
                "--target",
                replica.uri(),
                "--no-binary-log");
        assertThat(restored.exitCode()).as(restored.text()).isZero();
        for (String statement : printed(repository, backup)) {
          replica.execute(inserted(statement, primary));
        }
      } finally {
        done.set(true);
      }
      assertThat(writer.get()).as("written after the backup").isGreaterThan(20);
      String position = primary.value("SELECT @@GLOBAL.gtid_binlog_pos");
      assertThat(replica.value("SELECT MASTER_GTID_WAIT('" + position + "', 60)")).isEqualTo("0");
      assertThat(SchemaContents.of(replica, "bank")).isEqualTo(SchemaContents.of(primary, "bank"));
    }
  }

  /** As {@code varve show} prints them, without the semicolon. */
  private static List<String> printed(TestRepository repository, BackupReport backup) {
    CommandLineRun shown =
        CommandLineRun.of("show", backup.id().value(), "--store", repository.store().location());
    List<String> statements =
        shown
            .out()
            .lines()
            .dropWhile(line -> !line.startsWith("  replica "))
            .skip(1)
            .map(line -> line.strip().replaceFirst(";$", ""))
            .toList();
    assertThat(statements).as(shown.text()).hasSize(3);
    return statements;
  }

  /** The host and the user of the test; the embedded server has no TLS. */
  private static String inserted(String statement, TestServer primary) {
    return statement
        .replace("'HOST'", "'" + primary.host() + "'")
        .replace("PORT=3306", "PORT=" + primary.port())
        .replace("'USER'", "'" + primary.user() + "'")
        .replace(
            "MASTER_PASSWORD='PASSWORD'",
            "MASTER_PASSWORD='', MASTER_SSL=0, MASTER_SSL_VERIFY_SERVER_CERT=0");
  }

  /** Each row of the journal is one change: one that came twice or not at all would show. */
  private static int write(TestServer primary, AtomicBoolean done) {
    int count = 0;
    while (!done.get()) {
      primary.execute(
          "START TRANSACTION",
          "UPDATE bank.accounts SET v = v + 1 WHERE id = " + count % ROWS,
          "INSERT INTO bank.journal (account) VALUES (" + count % ROWS + ")",
          "COMMIT");
      count++;
    }
    return count;
  }

  @Test
  void aBackupWithoutAPositionSaysSo(@TempDir Path folder) {
    try (EmbeddedMariaDb plain = EmbeddedMariaDb.start("--skip-log-bin");
        TestRepository repository = TestRepository.in(folder)) {
      plain.server().execute("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
      BackupReport backup = repository.backup(plain.server(), TestRepository.of("shop"));
      assertThat(backup.consistency().position().coordinates()).isEmpty();
      CommandLineRun shown =
          CommandLineRun.of("show", "latest", "--store", repository.store().location());
      assertThat(shown.out())
          .contains("the backup holds no position in the source's log")
          .doesNotContain("CHANGE MASTER");
    }
  }
}
