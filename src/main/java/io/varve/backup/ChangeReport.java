package io.varve.backup;

import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.Changes;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableChange;
import io.varve.repository.TableEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Tells what a backup has changed since its parent, by where its parts lie. */
final class ChangeReport {

  private final SourceRepository repository;
  private final BackupId id;
  private final boolean isIncremental;
  private final Map<TableName, TableEntry> before = new HashMap<>();
  private final PassResult result;
  private final List<PassWork> passes;

  /**
   * @param passes the work of all that the run took
   */
  ChangeReport(
      SourceRepository repository,
      BackupId id,
      Optional<Manifest> parent,
      PassResult result,
      List<PassWork> passes) {
    this.repository = repository;
    this.id = id;
    this.isIncremental = parent.isPresent();
    this.result = result;
    this.passes = passes;
    parent.ifPresent(
        manifest ->
            manifest.tables().forEach(table -> before.put(table.definition().name(), table)));
  }

  /** The tables of the pass, each with what became of it. */
  List<TableEntry> tables() {
    return isIncremental
        ? result.tables().stream().map(table -> table.with(change(table))).toList()
        : result.tables();
  }

  private TableChange change(TableEntry table) {
    TableName name = table.definition().name();
    TableName earlierName = result.names().getOrDefault(name, name);
    int kept = (int) table.parts().stream().filter(this::isKept).count();
    TableEntry earlier = before.get(earlierName);
    boolean isRenamed = !earlierName.equals(name) && kept > 0;
    if (earlier == null || !earlierName.equals(name) && kept == 0) {
      return new TableChange("new", null, 0, 0, stored(table));
    }
    String change =
        !earlier.definitionHash().equals(table.definitionHash())
            ? "altered"
            : keys(earlier).equals(keys(table)) ? "unchanged" : "changed";
    return new TableChange(
        change, isRenamed ? earlierName.toString() : null, earlier.rows(), kept, stored(table));
  }

  private static Set<String> keys(TableEntry table) {
    Set<String> keys = new HashSet<>();
    table.parts().forEach(part -> keys.add(part.key()));
    return keys;
  }

  /** Whether a part lies in the folder of another backup. */
  private boolean isKept(PartEntry part) {
    return !repository.isMadeBy(id, part);
  }

  private long stored(TableEntry table) {
    return table.parts().stream()
        .filter(part -> !isKept(part))
        .mapToLong(PartEntry::storedBytes)
        .sum();
  }

  /**
   * Of the whole backup.
   *
   * @param tables as {@link #tables} has made them
   */
  Changes changes(List<TableEntry> tables) {
    List<PartEntry> parts = tables.stream().flatMap(table -> table.parts().stream()).toList();
    List<PartEntry> kept = parts.stream().filter(this::isKept).toList();
    Set<TableName> dropped = new HashSet<>(before.keySet());
    for (TableEntry table : tables) {
      TableName name = table.definition().name();
      dropped.remove(name);
      if (table.change() != null && table.change().before() != null) {
        dropped.remove(Objects.requireNonNull(result.names().get(name)));
      }
    }
    return new Changes(
        passes.stream().mapToLong(PassWork::rowsRead).sum(),
        passes.stream().mapToLong(PassWork::bytesRead).sum(),
        kept.size(),
        kept.stream().mapToLong(PartEntry::rawBytes).sum(),
        parts.size() - kept.size(),
        tables.stream().mapToLong(this::stored).sum(),
        dropped.stream().map(TableName::toString).sorted().toList());
  }
}
