package io.varve.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Accounts and a journal between which sessions move money all the time: whatever is copied from
 * one instant adds up, and hardly anything else does.
 */
public record Bank(TestSchema schema, int accounts) {

  private static final int FIRST_BALANCE = 1_000;

  /** Makes the tables. */
  public static Bank open(TestSchema schema, int accounts) {
    schema.execute(
        "CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL, note CHAR(40))"
            + " ENGINE=InnoDB",
        "INSERT INTO accounts SELECT n, "
            + FIRST_BALANCE
            + ", LEFT(SHA2(n, 256), 40) FROM "
            + Numbers.below(accounts),
        "CREATE TABLE journal (id BIGINT AUTO_INCREMENT PRIMARY KEY, payer INT NOT NULL, payee INT"
            + " NOT NULL, amount INT NOT NULL) ENGINE=InnoDB");
    schema.server().rows("ANALYZE TABLE " + schema.name() + ".accounts");
    return new Bank(schema, accounts);
  }

  /** Fails unless a copy is of one instant, after the first transfer. */
  public void requireOneInstant(TestSchema copy) {
    assertThat(copy.server().value("SELECT SUM(balance) FROM " + copy.name() + ".accounts"))
        .isEqualTo(String.valueOf((long) accounts * FIRST_BALANCE));
    assertThat(journalThatDoesNotAddUp(copy)).isEmpty();
    assertThat(copy.server().value("SELECT COUNT(*) > 0 FROM " + copy.name() + ".journal"))
        .as("the copy has some of the transfers")
        .isEqualTo("1");
  }

  /** Lets sessions move money between all accounts until closed, as fast as they can. */
  public Transfers transfers() throws SQLException {
    return transfersBetween(accounts, Duration.ZERO);
  }

  /** Lets sessions move money between the first accounts, with a pause after each transfer. */
  public Transfers transfersBetween(int first, Duration pause) throws SQLException {
    return Transfers.start(schema, first, pause);
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
  public static final class Transfers implements AutoCloseable {

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong count = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private final List<Future<?>> sessions = new ArrayList<>();

    private static Transfers start(TestSchema bank, int accounts, Duration pause)
        throws SQLException {
      Transfers transfers = new Transfers();
      for (int seed = 0; seed < 3; seed++) {
        Random random = new Random(seed);
        Connection connection = bank.connect();
        transfers.sessions.add(
            transfers.threads.submit(
                () -> {
                  transfers.work(connection, random, accounts, pause);
                  return null;
                }));
      }
      return transfers;
    }

    private void work(Connection connection, Random random, int accounts, Duration pause)
        throws SQLException {
      try (connection;
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        while (!stopped.get()) {
          int one = random.nextInt(accounts);
          int other = (one + 1 + random.nextInt(accounts - 1)) % accounts;
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
          LockSupport.parkNanos(pause.toNanos());
        }
      }
    }

    private static String update(int account, int amount) {
      return "UPDATE accounts SET balance = balance + (%d) WHERE id = %d"
          .formatted(amount, account);
    }

    public long count() {
      return count.get();
    }

    /** Waits until so many have been made. */
    public void await(long transfers) {
      while (count.get() < transfers) {
        assertThat(sessions).noneMatch(Future::isDone);
        LockSupport.parkNanos(1_000_000);
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
