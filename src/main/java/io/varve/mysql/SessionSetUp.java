package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The state in which every session of Varve starts, whatever the server's defaults are: values come
 * and go as they are stored, nothing limits a result, nothing ends a long idle transaction.
 */
final class SessionSetUp {

  /** What every flavour and version knows; {@link ServerConnector} sends it while connecting. */
  static final String COMMON =
      String.join(
          ",",
          "time_zone='+00:00'",
          "sql_mode=''",
          // A global limit would cut every result short without an error.
          "sql_select_limit=18446744073709551615",
          "sql_big_selects=1",
          "sql_safe_updates=0",
          "sql_quote_show_create=1",
          // With CHAIN or RELEASE a COMMIT would open a transaction or drop the session.
          "completion_type=0",
          // A slow PUT stops the reading of a result for as long as it takes.
          "net_write_timeout=3600",
          "net_read_timeout=3600",
          // As long as every platform takes: a connection is idle while others load for days.
          "wait_timeout=2147483",
          "lock_wait_timeout=60");

  private static final int UNKNOWN_VARIABLE = 1193;

  private SessionSetUp() {}

  static void complete(Connection connection, Flavour flavour) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          switch (flavour) {
            case MYSQL -> "SET SESSION max_execution_time = 0";
            case MARIADB ->
                "SET SESSION max_statement_time = 0, SESSION idle_transaction_timeout = 0,"
                    + " SESSION idle_readonly_transaction_timeout = 0,"
                    + " SESSION idle_write_transaction_timeout = 0";
          });
      if (flavour == Flavour.MYSQL) {
        // A key that the server has made by itself may be hidden, and would not come back.
        setWhereKnown(statement, "show_gipk_in_create_table_and_information_schema = ON");
        // Else a table that was empty when somebody last looked passes for empty, for a day.
        setWhereKnown(statement, "information_schema_stats_expiry = 0");
      }
      // A statement and not a variable, whose name differs between versions.
      statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    }
  }

  /** Sets a variable that older versions do not have. */
  private static void setWhereKnown(Statement statement, String assignment) throws SQLException {
    try {
      statement.execute("SET SESSION " + assignment);
    } catch (SQLException e) {
      if (e.getErrorCode() != UNKNOWN_VARIABLE) {
        throw e;
      }
    }
  }

  /**
   * MariaDB with its binary log on keeps the metadata locks of what a ROLLBACK TO SAVEPOINT takes
   * back, unless the session logs nothing: DDL would wait until the backup ends. For connections
   * that only read. Needs BINLOG ADMIN; {@link #keepsMetadataLocks} tells.
   */
  static void letGoOfMetadataLocks(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION sql_log_bin = 0");
    } catch (SQLException notAllowed) {
      // the backup goes on, and says so
    }
  }

  /** Whether DDL has to wait for the end of a snapshot that has read its table. */
  static boolean keepsMetadataLocks(Connection connection, ServerInfo info) throws SQLException {
    return info.isMariaDb()
        && info.logBin()
        && Rows.one(connection, "SELECT @@SESSION.sql_log_bin", row -> row.getBoolean(1));
  }
}
