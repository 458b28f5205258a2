package io.varve.testing;

import java.sql.Connection;
import java.sql.SQLException;

/** A schema of one test on a {@link TestServer}; closing drops it. */
public final class TestSchema implements AutoCloseable {

  private final TestServer server;
  private final String name;

  TestSchema(TestServer server, String name) {
    this.server = server;
    this.name = name;
    server.execute(
        "DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
  }

  public String name() {
    return name;
  }

  public TestServer server() {
    return server;
  }

  /** A plain connection with this schema as its default. */
  public Connection connect() throws SQLException {
    Connection connection = server.connect();
    connection.setCatalog(name);
    return connection;
  }

  /** Executes each statement with this schema as the default. */
  public void execute(String... statements) {
    String[] all = new String[statements.length + 1];
    all[0] = "USE " + name;
    System.arraycopy(statements, 0, all, 1, statements.length);
    server.execute(all);
  }

  @Override
  public void close() {
    server.execute("SET SESSION lock_wait_timeout = 10", "DROP DATABASE IF EXISTS " + name);
  }
}
