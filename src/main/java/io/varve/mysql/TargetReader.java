package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;

/** A connection of its own that reads and judges the target's tables. */
public final class TargetReader implements AutoCloseable {

  private final Connection connection;
  private final TableReader tables;

  TargetReader(Connection connection, String server, Throttle throttle) {
    this.connection = connection;
    this.tables = TableReader.outsideSnapshot(connection, server, throttle);
  }

  public TableReader tables() {
    return tables;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException alreadyGone) {
      // nothing is open in it
    }
  }
}
