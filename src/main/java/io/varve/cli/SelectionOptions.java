package io.varve.cli;

import io.varve.mysql.TableSelection;
import java.util.List;
import picocli.CommandLine.Option;

/** Which tables are meant. */
final class SelectionOptions {

  @Option(
      names = "--include",
      split = ",",
      paramLabel = "PATTERN",
      description = "only what matches: shell wildcards on schema.table, as 'shop.*'; repeatable")
  List<String> includes = List.of();

  @Option(
      names = "--exclude",
      split = ",",
      paramLabel = "PATTERN",
      description = "not what matches, as 'shop.log_*'; repeatable")
  List<String> excludes = List.of();

  TableSelection selection() {
    return new TableSelection(includes, excludes);
  }
}
