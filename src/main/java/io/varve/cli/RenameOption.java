package io.varve.cli;

import io.varve.InvalidRequestException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** Schemas that have another name on the target than in the backup. */
final class RenameOption {

  @Option(
      names = "--rename",
      split = ",",
      paramLabel = "FROM=TO",
      description = "a schema that has another name on the target; repeatable")
  Map<String, String> renames = Map.of();

  Map<String, String> renames() {
    Set<String> names = new HashSet<>();
    for (String name : renames.values()) {
      if (!names.add(name)) {
        throw new InvalidRequestException(
            "rename",
            "schemas",
            "two of them would become " + name,
            "Give each a name of its own.");
      }
    }
    return renames;
  }
}
