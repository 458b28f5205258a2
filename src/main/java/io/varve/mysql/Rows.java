package io.varve.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Small queries whose answer fits in memory. */
final class Rows {

  private Rows() {}

  /** Takes what it wants from one row. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Does something with each row. */
  @FunctionalInterface
  interface EachRow {
    void read(ResultSet row) throws SQLException;
  }

  static void each(Connection connection, String sql, EachRow then) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        then.read(rows);
      }
    }
  }

  /** The first row; there must be one. */
  static <T> T one(Connection connection, String sql, Row<T> row) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new SQLException("no row in the answer to: " + sql);
      }
      return row.read(rows);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
