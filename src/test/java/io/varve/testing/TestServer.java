package io.varve.testing;

import com.mysql.cj.jdbc.Driver;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The database server that tests talk to: an embedded MariaDB, or the one that {@code
 * VARVE_TEST_SERVER} ({@code mysql://user@host:port}) and {@code VARVE_TEST_SERVER_PASSWORD} name,
 * or one from the image that {@code VARVE_TEST_IMAGE} names. The user must be allowed everything.
 */
public record TestServer(String host, int port, String user, String password) {

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /** The server that all tests of this JVM share; started on first use, stopped with the JVM. */
  public static TestServer shared() {
    return Shared.SERVER;
  }

  // Loaded, and so started, on first use.
  private static final class Shared {
    static final TestServer SERVER =
        fromEnvironment()
            .or(() -> variable("VARVE_TEST_IMAGE").map(ContainerServer::start))
            .orElseGet(() -> EmbeddedMariaDb.start().server());
  }

  private static Optional<TestServer> fromEnvironment() {
    return variable("VARVE_TEST_SERVER")
        .map(URI::create)
        .map(
            uri ->
                new TestServer(
                    uri.getHost(),
                    uri.getPort() == -1 ? 3306 : uri.getPort(),
                    uri.getUserInfo(),
                    variable("VARVE_TEST_SERVER_PASSWORD").orElse("")));
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  /** {@code mysql://user@host:port}, as users write it. */
  public String uri() {
    return "mysql://" + user + "@" + host + ":" + port;
  }

  public boolean isMariaDb() {
    return version().toLowerCase(Locale.ROOT).contains("mariadb");
  }

  public String version() {
    return value("SELECT VERSION()");
  }

  /**
   * A plain connection, without anything of what Varve sets up; one statement string may hold
   * several statements.
   */
  public Connection connect() throws SQLException {
    return connectAs(user, password);
  }

  /** As {@link #connect}, for another user. */
  public Connection connectAs(String otherUser, String otherPassword) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", otherUser);
    properties.setProperty("password", otherPassword);
    properties.setProperty("allowMultiQueries", "true");
    properties.setProperty("sslMode", "PREFERRED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    properties.setProperty("allowLoadLocalInfile", "true");
    Connection connection =
        new Driver().connect("jdbc:mysql://" + host + ":" + port + "/", properties);
    if (connection == null) {
      throw new SQLException("Connector/J does not take its own URL");
    }
    return connection;
  }

  /** Executes each statement on one new connection. */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** The rows of a query as text; a NULL is the string {@code NULL}. */
  public List<List<String>> rows(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<List<String>> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          row.add(String.valueOf(result.getString(column)));
        }
        rows.add(List.copyOf(row));
      }
      return rows;
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** The one value that a query answers, as text. */
  public String value(String query) {
    return rows(query).getFirst().getFirst();
  }

  /** A new empty schema in utf8mb4, dropped when closed. */
  public TestSchema freshSchema() {
    String name = "varve_test_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    return new TestSchema(this, name);
  }

  /**
   * Makes a user who may do only what is granted, dropped when closed.
   *
   * @param grants what stands between GRANT and TO: {@code SELECT ON shop.*}
   */
  public TestUser freshUser(String... grants) {
    String name = "varve_user_" + SCHEMAS.incrementAndGet();
    return new TestUser(this, name, "pass word'\"" + name, List.of(grants));
  }
}
