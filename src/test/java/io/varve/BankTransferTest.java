package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableSelection;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writers go on while a backup runs, and what is restored is one instant. */
class BankTransferTest {

  private static final int ACCOUNTS = 8_000;
  private static final int FIRST_BALANCE = 1_000;

  static Stream<SnapshotWay> ways() {
    return TestServer.shared().isMariaDb()
        ? Stream.of(SnapshotWay.BINLOG_STATUS, SnapshotWay.LOCK_TABLES, SnapshotWay.SINGLE)
        : Stream.of(SnapshotWay.GTID, SnapshotWay.LOCK_TABLES, SnapshotWay.SINGLE);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void noMoneyIsLostOrMadeInTheCopy(SnapshotWay way, @TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema bank = server.freshSchema();
        TestSchema copy = server.freshSchema()) {
      open(bank);
      BackupReport backup;
      try (Transfers transfers = Transfers.start(bank)) {
        transfers.await(50);
        long before = transfers.count();
        BackupOptions options =
            new BackupOptions(
                new TableSelection(List.of(bank.name()), List.of()),
                4,
                8 << 10,
                1,
                Optional.of(way));
        backup = repository.backup(server, options);
        assertThat(transfers.count()).as("transfers during the backup").isGreaterThan(before + 10);
      }
      assertThat(backup.consistency().snapshot()).isEqualTo(way.toString());
      repository.restore(server, backup, TestRepository.renaming(bank.name(), copy.name()));
      String sum = server.value("SELECT SUM(balance) FROM " + copy.name() + ".accounts");
      assertThat(sum).isEqualTo(String.valueOf((long) ACCOUNTS * FIRST_BALANCE));
      assertThat(journalThatDoesNotAddUp(copy)).isEmpty();
      assertThat(journalThatDoesNotAddUp(bank)).isEmpty();
      assertThat(server.value("SELECT COUNT(*) > 0 FROM " + copy.name() + ".journal"))
          .as("the copy has some of the transfers")
          .isEqualTo("1");
    }
  }

  private static void open(TestSchema bank) {
    bank.execute(
        "CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL, note CHAR(40))"
            + " ENGINE=InnoDB",
        "INSERT INTO accounts SELECT n, "
            + FIRST_BALANCE
            + ", LEFT(SHA2(n, 256), 40) FROM "
            + Numbers.below(ACCOUNTS),
        "CREATE TABLE journal (id BIGINT AUTO_INCREMENT PRIMARY KEY, payer INT NOT NULL, payee INT"
            + " NOT NULL, amount INT NOT NULL) ENGINE=InnoDB");
    bank.server().rows("ANALYZE TABLE " + bank.name() + ".accounts");
  }

  /** Accounts whose balance is not what they began with and the journal says. */
  private static List<List<String>> journalThatDoesNotAddUp(TestSchema bank) {
    return bank.server()
        .rows(
            """
            SELECT a.id, a.balance, SUM(m.amount) FROM %1$s.accounts a LEFT JOIN
              (SELECT payer AS id, -amount AS amount FROM %1$s.journal
               UNION ALL SELECT payee, amount FROM %1$s.journal) m ON m.id = a.id
            GROUP BY a.id, a.balance
            HAVING a.balance <> %2$d + COALESCE(SUM(m.amount), 0)
            """
                .formatted(bank.name(), FIRST_BALANCE));
  }

  /** Sessions that move money and write it down, in one transaction each, until closed. */
  private static final class Transfers implements AutoCloseable {

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong count = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private final List<Future<?>> sessions = new ArrayList<>();

    static Transfers start(TestSchema bank) throws SQLException {
      Transfers transfers = new Transfers();
      for (int seed = 0; seed < 3; seed++) {
        Random random = new Random(seed);
        Connection connection = bank.connect();
        transfers.sessions.add(
            transfers.threads.submit(
                () -> {
                  transfers.work(connection, random);
                  return null;
                }));
      }
      return transfers;
    }

    private void work(Connection connection, Random random) throws SQLException {
      try (connection;
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        while (!stopped.get()) {
          int one = random.nextInt(ACCOUNTS);
          int other = (one + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
          int amount = random.nextInt(100);
          // in the order of the key, or two sessions would deadlock
          int sign = one < other ? 1 : -1;
          int first = Math.min(one, other);
          int second = Math.max(one, other);
          statement.execute(update(first, -sign * amount));
          statement.execute(update(second, sign * amount));
          statement.execute(
              "INSERT INTO journal (payer, payee, amount) VALUES (%d, %d, %d)"
                  .formatted(one, other, amount));
          connection.commit();
          count.incrementAndGet();
        }
      }
    }

    private static String update(int account, int amount) {
      return "UPDATE accounts SET balance = balance + (%d) WHERE id = %d"
          .formatted(amount, account);
    }

    long count() {
      return count.get();
    }

    void await(long transfers) {
      while (count.get() < transfers) {
        assertThat(sessions).noneMatch(Future::isDone);
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      stopped.set(true);
      threads.shutdown();
      try {
        for (Future<?> session : sessions) {
          session.get();
        }
      } catch (ExecutionException | InterruptedException failed) {
        throw new IllegalStateException(failed);
      }
    }
  }
}
