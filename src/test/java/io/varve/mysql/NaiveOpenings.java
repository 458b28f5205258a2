package io.varve.mysql;

import io.varve.testing.TestSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The obvious way to open a consistent snapshot, which is wrong: read the log's end, open all, read
 * it again, and take them for equal if it has not moved. It is here so that the test which finds
 * nothing wrong with the real ways is seen to find what is wrong with this one.
 */
final class NaiveOpenings implements AutoCloseable {

  private final String endOfLog;
  private final Connection control;
  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads;

  private int accepted;
  private int wrong;

  NaiveOpenings(TestSchema schema, int count, String endOfLog) throws SQLException {
    this.endOfLog = endOfLog;
    control = schema.connect();
    for (int i = 0; i < count; i++) {
      Connection connection = schema.connect();
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connections.add(connection);
    }
    threads = Executors.newFixedThreadPool(count);
  }

  int accepted() {
    return accepted;
  }

  int wrong() {
    return wrong;
  }

  void tryOnce() throws Exception {
    String before = end();
    List<Callable<Boolean>> openings = new ArrayList<>();
    for (Connection connection : connections) {
      openings.add(() -> execute(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT"));
    }
    for (Future<Boolean> opening : threads.invokeAll(openings)) {
      opening.get();
    }
    if (!end().equals(before)) {
      return;
    }
    accepted++;
    List<Long> sums = new ArrayList<>();
    for (Connection connection : connections) {
      sums.add(sum(connection, "c"));
    }
    if (sums.stream().distinct().count() > 1) {
      wrong++;
    }
  }

  static long sum(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT SUM(v) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private String end() throws SQLException {
    try (Statement statement = control.createStatement();
        ResultSet row = statement.executeQuery(endOfLog)) {
      row.next();
      int columns = row.getMetaData().getColumnCount();
      return columns == 1 ? row.getString(1) : row.getString(1) + ":" + row.getString(2);
    }
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    threads.shutdown();
    control.close();
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
