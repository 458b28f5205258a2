package io.varve.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testing.Numbers;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A bank whose sessions move money between its accounts and write each transfer into a journal, in
 * one transaction, until closed. Of each moment it can be told whether all of it is there: no money
 * is lost or made, each balance is what the journal says, and each vault has a holder of its own.
 *
 * <p>The accounts are in three tables with their own kinds of key; the ids of all are different.
 */
final class Bank implements AutoCloseable {

  private static final int FIRST_BALANCE = 1_000;
  private static final int CHECKING = 9_000;
  private static final int SAVINGS = 5_000;
  private static final int VAULTS = 4_000;
  private static final int ACCOUNTS = CHECKING + SAVINGS + VAULTS;
  private static final int SESSIONS = 2;
  private static final long PAUSE_NANOS = 25_000_000;

  /** Of the accounts, these first ones of each table take part: the other ranges stay the same. */
  private static final int BUSY_SHARE = 3;

  private static final int DEADLOCK = 1213;
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private final TestSchema schema;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
  private final List<Future<?>> sessions = new ArrayList<>();

  private Bank(TestSchema schema) {
    this.schema = schema;
  }

  /** Opens the bank in an empty schema. */
  static Bank open(TestSchema schema, Random random) throws SQLException {
    String note = "CONCAT(SHA2(n, 256), LEFT(SHA2(n + 1, 256), 36))";
    schema.execute(
        "CREATE TABLE checking (id INT PRIMARY KEY, balance BIGINT NOT NULL, note CHAR(100))"
            + " ENGINE=InnoDB",
        "INSERT INTO checking SELECT n, %d, %s FROM %s"
            .formatted(FIRST_BALANCE, note, Numbers.below(CHECKING)),
        "CREATE TABLE savings (id INT NOT NULL, balance BIGINT NOT NULL, note CHAR(100),"
            + " KEY id (id)) ENGINE=InnoDB",
        "INSERT INTO savings SELECT n + %d, %d, %s FROM %s"
            .formatted(CHECKING, FIRST_BALANCE, note, Numbers.below(SAVINGS)),
        "CREATE TABLE vaults (place VARCHAR(10), id INT, holder INT, balance BIGINT NOT NULL,"
            + " note CHAR(100), PRIMARY KEY (place, id), UNIQUE KEY holder (holder)) ENGINE=InnoDB",
        "INSERT INTO vaults SELECT CONCAT('place ', n MOD 7), n + %d, n, %d, %s FROM %s"
            .formatted(CHECKING + SAVINGS, FIRST_BALANCE, note, Numbers.below(VAULTS)),
        "CREATE TABLE journal (id BIGINT AUTO_INCREMENT PRIMARY KEY, payer INT NOT NULL,"
            + " payee INT NOT NULL, amount INT NOT NULL) ENGINE=InnoDB");
    schema.server().rows("ANALYZE TABLE %1$s.checking, %1$s.vaults".formatted(schema.name()));
    Bank bank = new Bank(schema);
    for (int i = 0; i < SESSIONS; i++) {
      Connection connection = schema.connect();
      Random own = new Random(random.nextLong());
      bank.sessions.add(
          bank.threads.submit(
              () -> {
                bank.work(connection, own);
                return null;
              }));
    }
    return bank;
  }

  String name() {
    return schema.name();
  }

  private void work(Connection connection, Random random) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!closed.get()) {
        try {
          if (random.nextInt(8) == 0) {
            swapHolders(statement, random);
          } else {
            transfer(statement, random);
          }
          connection.commit();
        } catch (SQLException e) {
          if (e.getErrorCode() != DEADLOCK && e.getErrorCode() != LOCK_WAIT_TIMEOUT) {
            throw e;
          }
          connection.rollback();
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static void transfer(Statement statement, Random random) throws SQLException {
    int payer = account(random);
    int payee = account(random);
    int amount = 1 + random.nextInt(100);
    statement.execute(update(payer, -amount));
    statement.execute(update(payee, amount));
    statement.execute(
        "INSERT INTO journal (payer, payee, amount) VALUES (%d, %d, %d)"
            .formatted(payer, payee, amount));
  }

  private static int account(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(CHECKING / BUSY_SHARE);
      case 1 -> CHECKING + random.nextInt(SAVINGS / BUSY_SHARE);
      default -> vault(random);
    };
  }

  private static int vault(Random random) {
    return CHECKING + SAVINGS + random.nextInt(VAULTS / BUSY_SHARE);
  }

  private static String update(int account, int amount) {
    if (account < CHECKING) {
      return update("checking", "id = " + account, amount);
    }
    return account < CHECKING + SAVINGS
        ? update("savings", "id = " + account, amount)
        : update("vaults", vaultHas(account), amount);
  }

  private static String update(String table, String which, int amount) {
    return "UPDATE %s SET balance = balance + (%d) WHERE %s".formatted(table, amount, which);
  }

  private static String vaultHas(int id) {
    return "place = 'place " + (id - CHECKING - SAVINGS) % 7 + "' AND id = " + id;
  }

  /** Unique values that change places are what a restore of single ranges can stumble over. */
  private static void swapHolders(Statement statement, Random random) throws SQLException {
    String one = vaultHas(vault(random));
    String other = vaultHas(vault(random));
    if (one.equals(other)) {
      return;
    }
    statement.execute("SELECT holder INTO @one FROM vaults WHERE " + one + " FOR UPDATE");
    statement.execute("SELECT holder INTO @other FROM vaults WHERE " + other + " FOR UPDATE");
    statement.execute("UPDATE vaults SET holder = NULL WHERE " + one);
    statement.execute("UPDATE vaults SET holder = @one WHERE " + other);
    statement.execute("UPDATE vaults SET holder = @other WHERE " + one);
  }

  /** How many transfers were committed so far. */
  long transfers() {
    assertThat(sessions).as("the bank's sessions").noneMatch(Future::isDone);
    return Long.parseLong(schema.server().value("SELECT COUNT(*) FROM " + name() + ".journal"));
  }

  /** Fails unless a copy of the bank is whole, of one moment, and has so many transfers. */
  static void requireWhole(TestServer server, String copy, long leastTransfers) {
    assertThat(
            server.rows(
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA='"
                    + copy
                    + "' ORDER BY TABLE_NAME"))
        .as("tables of %s, and no ledger of a restore", copy)
        .extracting(List::getFirst)
        .containsExactly("checking", "journal", "savings", "vaults");
    String accounts =
        """
        (SELECT id, balance FROM %1$s.checking
         UNION ALL SELECT id, balance FROM %1$s.savings
         UNION ALL SELECT id, balance FROM %1$s.vaults)"""
            .formatted(copy);
    assertThat(
            server.rows(
                "SELECT COUNT(*), COUNT(DISTINCT id), SUM(balance) FROM " + accounts + " a"))
        .as("accounts of %s, their ids, their money", copy)
        .containsExactly(
            List.of("" + ACCOUNTS, "" + ACCOUNTS, String.valueOf((long) ACCOUNTS * FIRST_BALANCE)));
    assertThat(
            server.rows(
                """
                SELECT id, SUM(moved) FROM (
                  SELECT id, balance - %d AS moved FROM %s a
                  UNION ALL SELECT payer, amount FROM %s.journal
                  UNION ALL SELECT payee, -amount FROM %s.journal) movements
                GROUP BY id HAVING SUM(moved) <> 0 LIMIT 10
                """
                    .formatted(FIRST_BALANCE, accounts, copy, copy)))
        .as("accounts of %s whose balance is not what the journal says", copy)
        .isEmpty();
    assertThat(server.rows("SELECT COUNT(DISTINCT holder), SUM(holder) FROM " + copy + ".vaults"))
        .as("holders of vaults of %s", copy)
        .containsExactly(List.of("" + VAULTS, String.valueOf(VAULTS * (VAULTS - 1L) / 2)));
    assertThat(Long.parseLong(server.value("SELECT COUNT(*) FROM " + copy + ".journal")))
        .as("transfers in %s", copy)
        .isGreaterThanOrEqualTo(leastTransfers);
  }

  /** Fails if a session has ended early. */
  @Override
  public void close() {
    closed.set(true);
    threads.shutdown();
    try {
      for (Future<?> session : sessions) {
        session.get();
      }
    } catch (ExecutionException | InterruptedException failed) {
      throw new IllegalStateException("a session of the bank has failed", failed);
    }
  }
}
