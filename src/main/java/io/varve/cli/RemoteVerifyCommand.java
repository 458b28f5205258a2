package io.varve.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code varve remote verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Has the server verify that what backups name is stored; with --read-data, whole.")
final class RemoteVerifyCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "an id, latest, or a time; default: all backups of the source")
  @Nullable String which;

  @Mixin RemoteOptions remote = new RemoteOptions();

  @Option(
      names = "--read-data",
      arity = "0..1",
      fallbackValue = "100",
      paramLabel = "PERCENT",
      description = "read the parts, or so many of them")
  @Nullable Integer readData;

  @Mixin DetachOption ending = new DetachOption();

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (which != null) {
      body.put("backup", which);
    }
    if (readData != null) {
      body.put("readData", readData);
    }
    return remote.begin("verify", "verifications", body, ending.detach, RemoteReports::text);
  }
}
