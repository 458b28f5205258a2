package io.varve.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * What the server says about its binary log: where it ends and which schemas it leaves out. Exact
 * only while nothing is committed. Needs REPLICATION CLIENT, on MariaDB since 10.5 BINLOG MONITOR.
 */
record BinlogStatus(Optional<BinlogCoordinates> end, Optional<String> gtidSet, boolean filtered) {

  /** Empty if the binary log is off. */
  static Optional<BinlogStatus> read(Connection connection, ServerInfo info) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query(info))) {
      if (!row.next()) {
        return Optional.empty();
      }
      String file = row.getString("File");
      boolean filtered =
          !text(row, "Binlog_Do_DB").isEmpty() || !text(row, "Binlog_Ignore_DB").isEmpty();
      return Optional.of(
          new BinlogStatus(
              file == null || file.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new BinlogCoordinates(file, row.getLong("Position"))),
              info.isMariaDb()
                  ? Optional.empty()
                  : GtidBracket.nonEmpty(text(row, "Executed_Gtid_Set")),
              filtered));
    }
  }

  static String query(ServerInfo info) {
    return !info.isMariaDb() && info.version().isAtLeast(8, 2, 0)
        ? "SHOW BINARY LOG STATUS"
        : "SHOW MASTER STATUS";
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }
}
