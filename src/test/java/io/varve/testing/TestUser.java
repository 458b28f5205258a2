package io.varve.testing;

import java.util.List;

/** A user of one test on a {@link TestServer}, with few privileges; closing drops it. */
public final class TestUser implements AutoCloseable {

  private final TestServer server;
  private final String name;
  private final String password;

  TestUser(TestServer server, String name, String password, List<String> grants) {
    this.server = server;
    this.name = name;
    this.password = password;
    String account = "'" + name + "'@'%'";
    String quoted = password.replace("\\", "\\\\").replace("'", "\\'");
    server.execute(
        "DROP USER IF EXISTS " + account,
        "CREATE USER " + account + " IDENTIFIED BY '" + quoted + "'");
    for (String grant : grants) {
      server.execute("GRANT " + grant + " TO " + account);
    }
  }

  public String name() {
    return name;
  }

  public String password() {
    return password;
  }

  @Override
  public void close() {
    server.execute("DROP USER IF EXISTS '" + name + "'@'%'");
  }
}
