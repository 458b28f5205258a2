package io.varve.restore;

import io.varve.DamageFoundException;
import io.varve.Progress;
import io.varve.Workers;
import io.varve.codec.RowChecksum;
import io.varve.mysql.KeyRange;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableReader;
import io.varve.mysql.Target;
import io.varve.mysql.TargetReader;
import io.varve.repository.PartEntry;
import io.varve.restore.RestorePlan.PlannedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Compares every range of the target with the manifest, by the checksum that the server computes.
 */
final class TargetVerification {

  /** A range, or a whole table where ranges cannot be compared. */
  private record Check(
      PlannedTable table, String name, KeyRange range, RowChecksum expected, long bytes) {}

  private final Target target;
  private final int parallel;
  private final Progress progress;

  TargetVerification(Target target, int parallel, Progress progress) {
    this.target = target;
    this.parallel = parallel;
    this.progress = progress;
  }

  /**
   * Compares all ranges.
   *
   * @return how many
   * @throws DamageFoundException naming those that differ
   */
  int run(List<PlannedTable> tables) {
    List<TargetReader> readers = new ArrayList<>();
    try {
      for (int i = 0; i < parallel; i++) {
        readers.add(target.reader());
      }
      List<Check> checks = new ArrayList<>();
      for (PlannedTable table : tables) {
        checks.addAll(checks(table, readers.getFirst().tables()));
      }
      Queue<String> different = new ConcurrentLinkedQueue<>();
      Workers.share(readers, checks, (reader, check) -> compare(reader.tables(), check, different));
      requireNone(different);
      return checks.size();
    } finally {
      readers.forEach(TargetReader::close);
    }
  }

  private void compare(TableReader reader, Check check, Queue<String> different) {
    RowChecksum found = reader.checksum(check.table().target(), check.range());
    if (!found.equals(check.expected())) {
      different.add(
          check.name() + " (" + found.rows() + " rows, expected " + check.expected().rows() + ")");
    }
    progress.advance(found.rows(), check.bytes());
  }

  private static List<Check> checks(PlannedTable table, TableReader reader) {
    List<PartEntry> parts = table.entry().parts();
    TableDefinition definition = table.target();
    if (!definition.hasRangeKey() || parts.isEmpty() || !rangesHold(definition, parts, reader)) {
      return List.of(
          new Check(
              table,
              "table " + definition.name(),
              KeyRange.ALL,
              table.entry().checksum(),
              table.rawBytes()));
    }
    List<Check> checks = new ArrayList<>();
    for (PartEntry part : parts) {
      checks.add(
          new Check(
              table,
              "table " + definition.name() + " part " + checks.size(),
              part.range(),
              part.checksum(),
              part.rawBytes()));
    }
    return checks;
  }

  /** Under another collation than the source's, bounds need not ascend. */
  private static boolean rangesHold(
      TableDefinition table, List<PartEntry> parts, TableReader reader) {
    if (table.keyColumns().stream().allMatch(column -> column.collation() == null)) {
      return true;
    }
    List<List<String>> bounds = new ArrayList<>();
    for (PartEntry part : parts) {
      if (part.upper() != null) {
        bounds.add(part.upper());
      }
    }
    return reader.ascend(table, bounds);
  }

  private void requireNone(Queue<String> different) {
    if (!different.isEmpty()) {
      throw new DamageFoundException(
          "verify the restore into",
          target.address(),
          "rows differ from the backup in "
              + different.stream().limit(10).collect(Collectors.joining(", "))
              + (different.size() > 10 ? " and " + (different.size() - 10) + " more ranges" : ""),
          "Something else wrote to these tables, or the server changed values: restore again into"
              + " an empty schema that nothing else uses.");
    }
  }
}
