package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/**
 * How a server is doing at the moment, by small queries over one connection, one at a time.
 * Thread-safe.
 */
public final class ServerStatus {

  private static final String THREADS = "SHOW GLOBAL STATUS LIKE 'Threads_running'";

  /** MariaDB says it to everyone, MySQL to those with PROCESS. */
  private static final String HISTORY_OF_MARIADB =
      "SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'";

  private static final String HISTORY_OF_MYSQL =
      "SELECT NAME, `COUNT` FROM information_schema.INNODB_METRICS"
          + " WHERE NAME = 'trx_rseg_history_len' AND STATUS = 'enabled'";

  private final Connection connection;
  private final DatabaseServer server;

  ServerStatus(Connection connection, DatabaseServer server) {
    this.connection = connection;
    this.server = server;
  }

  /** How many threads execute something, as the server counts them: this query is one of them. */
  synchronized int threadsRunning() {
    return GuardedSql.call(
        "read the status of",
        server.address().toString(),
        () -> Rows.one(connection, THREADS, row -> row.getInt(2)));
  }

  /**
   * How many transactions' old versions of rows InnoDB keeps, since some snapshot may still want
   * them; empty where the server does not tell this user.
   */
  public synchronized OptionalLong historyLength() {
    long[] length = {-1};
    try {
      Rows.each(
          connection,
          server.info().isMariaDb() ? HISTORY_OF_MARIADB : HISTORY_OF_MYSQL,
          row -> length[0] = row.getLong(2));
    } catch (SQLException notToldOrAway) {
      return OptionalLong.empty(); // no reason to end a run that may be doing well
    }
    return length[0] < 0 ? OptionalLong.empty() : OptionalLong.of(length[0]);
  }
}
