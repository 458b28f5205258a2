package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupReport;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is taken from a read-only replica, as people do who spare their primary. */
class ReplicaSourceTest {

  private static final int ROWS = 5_000;

  private static void replicate(TestServer primary, TestServer replica) {
    replica.execute(
        "SET GLOBAL gtid_slave_pos='" + primary.value("SELECT @@GLOBAL.gtid_binlog_pos") + "'",
        "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT="
            + primary.port()
            + ", MASTER_USER='root', MASTER_USE_GTID=slave_pos, MASTER_SSL=0,"
            + " MASTER_SSL_VERIFY_SERVER_CERT=0",
        "START SLAVE");
  }

  private static void awaitReplica(TestServer primary, TestServer replica) {
    String position = primary.value("SELECT @@GLOBAL.gtid_binlog_pos");
    assertThat(replica.value("SELECT MASTER_GTID_WAIT('" + position + "', 20)")).isEqualTo("0");
  }

  @Test
  void aReplicaIsBackedUpWhileItFollowsItsPrimary(@TempDir Path folder) throws Exception {
    try (EmbeddedMariaDb primaryServer = EmbeddedMariaDb.start();
        EmbeddedMariaDb replicaServer =
            EmbeddedMariaDb.start("--server-id=8", "--read-only=1", "--log-slave-updates=1");
        TestRepository repository = TestRepository.in(folder);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      TestServer primary = primaryServer.server();
      TestServer replica = replicaServer.server();
      replicate(primary, replica);
      primary.execute(
          "CREATE DATABASE bank",
          "USE bank",
          "CREATE TABLE accounts (id INT PRIMARY KEY, v INT NOT NULL) ENGINE=InnoDB",
          "INSERT INTO accounts SELECT n, 100 FROM " + Numbers.below(ROWS),
          "CREATE FUNCTION total() RETURNS INT READS SQL DATA RETURN (SELECT SUM(v) FROM"
              + " bank.accounts)");
      awaitReplica(primary, replica);
      BackupReport backup;
      AtomicBoolean done = new AtomicBoolean();
      Future<Integer> transfers = threads.submit(() -> transfer(primary, done));
      try (TestUser user =
          replica.freshUser(
              "SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON bank.*", "SELECT ON mysql.proc")) {
        TestServer asUser =
            new TestServer(replica.host(), replica.port(), user.name(), user.password());
        backup = repository.backup(asUser, TestRepository.of("bank"));
      } finally {
        done.set(true);
      }
      assertThat(transfers.get()).isPositive();
      repository.restore(primary, backup, TestRepository.renaming("bank", "copy"));
      assertThat(primary.value("SELECT SUM(v) FROM copy.accounts"))
          .isEqualTo(Integer.toString(100 * ROWS));
      awaitReplica(primary, replica);
      assertThat(SchemaContents.of(replica, "bank").rowsOf("accounts"))
          .isEqualTo(SchemaContents.of(primary, "bank").rowsOf("accounts"));
    }
  }

  /** Moves money in transactions of two rows, so that every moment has one sum. */
  private static int transfer(TestServer primary, AtomicBoolean done) {
    int count = 0;
    while (!done.get() || count == 0) {
      primary.execute(
          "START TRANSACTION",
          "UPDATE bank.accounts SET v=v-1 WHERE id=" + count % ROWS,
          "UPDATE bank.accounts SET v=v+1 WHERE id=" + (ROWS - 1 - count % ROWS),
          "COMMIT");
      count++;
    }
    return count;
  }
}
