package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.mysql.ConnectionSettings;
import io.varve.repository.SourceRepository;
import io.varve.repository.WorkPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job that several processes do, and the server that it is about. */
final class JobOptions {

  @Parameters(paramLabel = "JOB", description = "as varve backup --workers has printed it")
  String job = "";

  @Option(names = "--source", paramLabel = "URI", description = "mysql://user@host:port")
  @Nullable String source;

  @Mixin ServerOptions server = new ServerOptions();

  ConnectionSettings source(ConsoleProgress progress) {
    if (source == null) {
      throw new InvalidRequestException(
          "work for",
          "job " + job,
          "it makes a backup, and no server is named",
          "Name the one that it was planned for with --source.");
    }
    return server.settings(source, SourceOption.PASSWORD, System.getenv(), progress::warn);
  }

  WorkPlan plan(SourceRepository repository) {
    return repository
        .plan(job)
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "work for",
                    "job " + job + " in " + repository.location(),
                    "there is no such job",
                    "varve backup --workers makes one; --store and --name must be the same."));
  }
}
