package io.varve.server;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.varve.InvalidRequestException;
import io.varve.configuration.Configuration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The server as a program: serves until it is told to end. */
public final class ServerProgram implements QuarkusApplication {

  private static final AtomicReference<Configuration> CONFIGURATION = new AtomicReference<>();
  private static final AtomicReference<Map<String, String>> ENVIRONMENT =
      new AtomicReference<>(Map.of());

  /**
   * Serves until the process is told to end. Called once, in place of the framework's own start.
   *
   * @throws InvalidRequestException if the configuration cannot be used: then no port was opened
   */
  public static void run(Map<String, String> environment, String host, int port) {
    Configuration configuration = Configuration.load(environment);
    Scheduler.requirePossible(configuration);
    CONFIGURATION.set(configuration);
    ENVIRONMENT.set(Map.copyOf(environment));
    System.setProperty("quarkus.http.host", host);
    System.setProperty("quarkus.http.port", Integer.toString(port));
    System.setProperty("quarkus.log.level", "INFO");
    System.setProperty("quarkus.log.console.json.enabled", "true");
    Quarkus.run(ServerProgram.class);
  }

  /** What the program serves; empty where it is another command. */
  static Optional<Configuration> configuration() {
    return Optional.ofNullable(CONFIGURATION.get());
  }

  /** The variables that the program was started with. */
  static Map<String, String> environment() {
    return Optional.ofNullable(ENVIRONMENT.get()).orElse(Map.of());
  }

  @Override
  public int run(String... args) {
    Quarkus.waitForExit();
    return 0;
  }
}
