package io.varve.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.mysql.EventState;
import io.varve.restore.RestoreMode;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code varve remote restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Has the server restore a backup, or some of its tables, into one of its targets.")
final class RemoteRestoreCommand implements Callable<Integer> {

  @Mixin RemoteOptions remote = new RemoteOptions();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "TARGET",
      description = "name of a target of the server's configuration")
  String target = "";

  @Option(
      names = "--backup",
      paramLabel = "WHICH",
      defaultValue = "latest",
      description = "an id, latest (default), or a time: the latest that is not after it")
  String backup = "latest";

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin RenameOption rename = new RenameOption();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "create",
      description = "create (default), replace or diff; the latter two as far as the target allows")
  RestoreMode mode = RestoreMode.CREATE;

  @Option(
      names = "--definer",
      paramLabel = "WHO",
      defaultValue = "keep",
      description = "whose rights views and routines act with: keep (default), strip or USER@HOST")
  String definer = "keep";

  @Option(
      names = "--events",
      paramLabel = "STATE",
      defaultValue = "keep",
      description = "keep (default): enabled where the source's are; disabled: none runs")
  EventState events = EventState.KEEP;

  @Option(names = "--dry-run", description = "print the plan, write nothing")
  boolean dryRun;

  @Mixin DetachOption ending = new DetachOption();

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("target", target).put("backup", backup).put("mode", word(mode));
    body.put("definer", definer).put("events", word(events));
    if (!selection.includes.isEmpty()) {
      selection.includes.forEach(body.putArray("include")::add);
    }
    if (!selection.excludes.isEmpty()) {
      selection.excludes.forEach(body.putArray("exclude")::add);
    }
    if (!rename.renames().isEmpty()) {
      rename.renames().forEach(body.putObject("renames")::put);
    }
    if (dryRun) {
      body.put("dryRun", true);
    }
    return remote.begin("restore", "restores", body, ending.detach, RemoteReports::text);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
