package io.varve.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve remote prune}. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Has the server take backups away that its schedule prune does not keep. With --dry-run and",
      "--keep-... it says what another policy would take away."
    })
final class RemotePruneCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin RemoteOptions remote = new RemoteOptions();
  @Mixin KeepOptions keep = new KeepOptions();

  @Option(names = "--dry-run", description = "say what would go and why the others stay")
  boolean dryRun;

  @Mixin DetachOption ending = new DetachOption();

  @Override
  public Integer call() {
    if (keep.policy(spec).isEmpty() == dryRun) {
      throw new ParameterException(
          spec.commandLine(),
          "--dry-run and --keep-... go together: without them the server's own policy holds");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (dryRun) {
      body.put("dryRun", true).set("keep", keep.fields());
    }
    return remote.begin("prune", "prunes", body, ending.detach, RemoteReports::text);
  }
}
