package io.varve.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve remote backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Has the server make a backup: a full one, or with --incremental what has changed.")
final class RemoteBackupCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin RemoteOptions remote = new RemoteOptions();

  @Option(
      names = "--incremental",
      description = "store only what has changed since the newest backup; full where there is none")
  boolean incremental;

  @Option(
      names = "--parent",
      paramLabel = "ID",
      description = "with --incremental: since this backup (an id, latest, or a time)")
  @Nullable String parent;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "a word of yours that list shows and prune can keep by; repeatable")
  List<String> tags = List.of();

  @Mixin DetachOption ending = new DetachOption();

  @Override
  public Integer call() {
    if (parent != null && !incremental) {
      throw new ParameterException(spec.commandLine(), "--parent needs --incremental");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("kind", incremental ? "incremental" : "full");
    if (parent != null) {
      body.put("parent", parent);
    }
    if (!tags.isEmpty()) {
      tags.forEach(body.putArray("tags")::add);
    }
    return remote.begin("backup", "backups", body, ending.detach, RemoteReports::text);
  }
}
