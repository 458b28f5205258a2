package io.varve.cli;

import io.varve.mysql.ConnectionSettings;
import picocli.CommandLine.Option;

/** The server that is restored into. */
final class TargetOption {

  /** The environment variable that may hold its password. */
  static final String PASSWORD = "VARVE_TARGET_PASSWORD";

  @Option(
      names = "--target",
      required = true,
      paramLabel = "URI",
      description = "mysql://user@host:port")
  String uri = "";

  ConnectionSettings settings(ServerOptions server, ConsoleProgress progress) {
    return server.settings(uri, PASSWORD, System.getenv(), progress::warn);
  }
}
