package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.server.ServerProgram;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code varve serve}. */
@Command(
    name = ServeCommand.NAME,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serves an API, and backs up by schedules, until it is told to end.",
      "",
      "What it may do, it is told by a document: sources and targets by name, schedules, and the",
      "hashes of the tokens of those who may use the API. Without one that fits, nobody may."
    },
    footer = {"", "Example:", "  varve serve --config varve.json"})
final class ServeCommand implements Callable<Integer> {

  static final String NAME = "serve";
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "The document: a file, ssm:NAME, secretsmanager:NAME, or {...} itself.",
        "docs/configuration.md has its fields."
      })
  @Nullable String config;

  @Option(
      names = "--http-host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Which address to listen on: 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
  String host = "";

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Default: ${DEFAULT-VALUE}.")
  int port;

  /** It starts the framework itself, once it knows that it can. */
  static boolean isMeant(String... args) {
    return args.length > 0 && args[0].equals(NAME);
  }

  @Override
  public Integer call() {
    if (port < 0 || port > MOST_PORT) {
      throw new InvalidRequestException(
          "listen on",
          "port " + port,
          "there is none of that number",
          "Give --http-port a number from 0 to " + MOST_PORT + "; 0 is any that is free.");
    }
    Map<String, String> environment = new HashMap<>(System.getenv());
    if (config != null) {
      environment.put("VARVE_CONFIG", config);
    }
    ServerProgram.run(environment, host, port);
    return 0;
  }
}
