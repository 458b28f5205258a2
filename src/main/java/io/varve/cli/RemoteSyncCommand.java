package io.varve.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code varve remote sync}. */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Has the server bring one of its targets, a standby, up to the source.")
final class RemoteSyncCommand implements Callable<Integer> {

  @Mixin RemoteOptions remote = new RemoteOptions();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "TARGET",
      description = "name of a target of the server's configuration")
  String target = "";

  @Mixin RenameOption rename = new RenameOption();

  @Mixin DetachOption ending = new DetachOption();

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("target", target);
    if (!rename.renames().isEmpty()) {
      rename.renames().forEach(body.putObject("renames")::put);
    }
    return remote.begin("sync", "syncs", body, ending.detach, RemoteReports::text);
  }
}
