package io.varve.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/** Global variables of a {@link TestServer} with other values than theirs; closing resets them. */
public final class GlobalSettings implements AutoCloseable {

  private final TestServer server;
  private final Map<String, String> before = new LinkedHashMap<>();

  private GlobalSettings(TestServer server) {
    this.server = server;
  }

  public static GlobalSettings on(TestServer server) {
    return new GlobalSettings(server);
  }

  /** Sets one more; sessions that are open keep what they have. */
  public GlobalSettings with(String name, String value) {
    before.putIfAbsent(name, server.value("SELECT @@GLOBAL." + name));
    set(name, value);
    return this;
  }

  public GlobalSettings with(String name, long value) {
    return with(name, Long.toString(value));
  }

  private void set(String name, String value) {
    boolean number = value.matches("[0-9]+");
    server.execute("SET GLOBAL " + name + " = " + (number ? value : "'" + value + "'"));
  }

  @Override
  public void close() {
    before.forEach(this::set);
  }
}
