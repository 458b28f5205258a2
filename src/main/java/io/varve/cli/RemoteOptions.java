package io.varve.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.InvalidRequestException;
import io.varve.StoppedException;
import io.varve.client.ApiClient;
import io.varve.client.RemoteJob;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A job of a server: begun, or followed until it has ended. */
final class RemoteOptions {

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  @Mixin ClientOptions clients = new ClientOptions();

  @Option(
      names = "--name",
      paramLabel = "SOURCE",
      description = "name of the source; default: the only one that the server has")
  @Nullable String name;

  @Mixin CommonOptions common = new CommonOptions();

  ApiClient client() {
    if (clients.server == null) {
      throw new ParameterException(
          requireNonNull(command).commandLine(), "Missing required option: '--server=URL'");
    }
    return clients.client(clients.server);
  }

  /** The source that was named, or the only one there is. */
  String source(ApiClient client) {
    if (name != null) {
      return requireWord("source", name);
    }
    List<String> names = new ArrayList<>();
    client
        .get("look for sources at", "/sources")
        .path("sources")
        .forEach(source -> names.add(source.path("name").asText()));
    if (names.size() == 1) {
      return names.getFirst();
    }
    throw new InvalidRequestException(
        "choose a source of",
        client.server().toString(),
        names.isEmpty() ? "it has none" : "it has " + String.join(", ", names),
        names.isEmpty() ? "Add one to its configuration." : "Name one with --name.");
  }

  /** It becomes part of a path. */
  static String requireWord(String what, String text) {
    if (!text.matches("[A-Za-z0-9._-]+") || text.startsWith(".")) {
      throw new InvalidRequestException(
          "use",
          "the name '" + text + "'",
          "a " + what + " has letters, digits, dots, dashes and underscores",
          "varve status shows the names that there are.");
    }
    return text;
  }

  /**
   * Has the server do something, and follows it.
   *
   * @param kind of job, for messages
   * @param resource below the source
   * @param detach only begin it
   * @param text what people are shown of the report
   * @return the exit code
   */
  int begin(
      String kind,
      String resource,
      ObjectNode body,
      boolean detach,
      Function<JsonNode, String> text) {
    try (ApiClient client = client()) {
      String source = source(client);
      String job =
          client
              .post(
                  "begin a " + kind + " of " + source + " at",
                  "/sources/" + source + "/" + resource,
                  body,
                  UUID.randomUUID().toString())
              .path("id")
              .asText();
      if (detach) {
        common.print(Map.of("job", job, "source", source), job);
        return 0;
      }
      if (!common.quiet) {
        err().println("job " + job + " of " + source + " at " + client.server());
      }
      return follow(client, source, job, text);
    } catch (StoppedException stopped) {
      err().println("varve: interrupted before the server answered");
      err().println("  varve status shows whether the job was begun.");
      return Failures.INTERRUPTED;
    }
  }

  private PrintWriter err() {
    return requireNonNull(command).commandLine().getErr();
  }

  /**
   * Follows a job until it has ended, and prints its report.
   *
   * @return the exit code
   */
  int follow(ApiClient client, String source, String job, Function<JsonNode, String> text) {
    try (ConsoleProgress progress = common.progress()) {
      JsonNode done = new RemoteJob(client, source, job, progress).await();
      progress.close();
      JsonNode report = done.path("report");
      common.print(report, text.apply(done));
      return 0;
    } catch (StoppedException stopped) {
      err()
          .println(
              "varve: job "
                  + job
                  + " goes on at "
                  + client.server()
                  + System.lineSeparator()
                  + "  varve remote follow "
                  + job
                  + " --name "
                  + source
                  + " shows it again, varve remote cancel ends it.");
      return Failures.INTERRUPTED;
    }
  }
}
