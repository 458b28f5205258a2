package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.mysql.ConnectionSettings;
import io.varve.repository.LoadPlan;
import io.varve.repository.SourceRepository;
import io.varve.repository.WorkPlan;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job that several processes do, and the server that it is about. */
final class JobOptions {

  @Parameters(
      paramLabel = "JOB",
      description = "as varve backup --workers, or varve restore --workers, has printed it")
  String job = "";

  @Option(
      names = "--source",
      paramLabel = "URI",
      description = "for a backup: mysql://user@host:port of the server that it was planned for")
  @Nullable String source;

  @Option(
      names = "--target",
      paramLabel = "URI",
      description = "for a restore: mysql://user@host:port of the server that it was planned for")
  @Nullable String target;

  @Mixin ServerOptions server = new ServerOptions();

  ConnectionSettings source(ConsoleProgress progress) {
    return server.settings(
        named(source, "a backup", "--source"),
        SourceOption.PASSWORD,
        System.getenv(),
        progress::warn);
  }

  ConnectionSettings target(ConsoleProgress progress) {
    return server.settings(
        named(target, "a restore", "--target"),
        TargetOption.PASSWORD,
        System.getenv(),
        progress::warn);
  }

  private String named(@Nullable String uri, String work, String option) {
    if (uri == null) {
      throw new InvalidRequestException(
          "work for",
          "job " + job,
          "it is " + work + ", and no server is named",
          "Name the one that it was planned for with " + option + ".");
    }
    return uri;
  }

  /** What the job is, by its plan. */
  <T> T choose(
      SourceRepository repository, Function<WorkPlan, T> backup, Function<LoadPlan, T> restore) {
    Optional<WorkPlan> work = repository.plan(job);
    if (work.isPresent()) {
      return backup.apply(work.get());
    }
    return restore.apply(
        repository
            .loadPlan(job)
            .orElseThrow(
                () ->
                    new InvalidRequestException(
                        "work for",
                        "job " + job + " in " + repository.location(),
                        "there is no such job",
                        "varve backup --workers or varve restore --workers makes one; --store and"
                            + " --name must be the same.")));
  }
}
