package io.varve.backup;

import io.varve.mysql.Catalog;
import io.varve.mysql.Source;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableIdentity;
import io.varve.mysql.TableName;
import io.varve.repository.CheckpointRange;
import io.varve.repository.JobRecord;
import io.varve.repository.PartEntry;
import io.varve.repository.SharedSnapshot;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableCount;
import io.varve.repository.TableEntry;
import io.varve.repository.WorkPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a plan have made in the snapshot that they share. If that covers every table,
 * and no DDL has come between, it is the backup, and nothing has to be judged again.
 */
final class SharedWork {

  private final Source source;
  private final SourceRepository repository;
  private final StartingPoints startingPoints;
  private final WorkPlan plan;

  SharedWork(
      Source source, SourceRepository repository, StartingPoints startingPoints, WorkPlan plan) {
    this.source = source;
    this.repository = repository;
    this.startingPoints = startingPoints;
    this.plan = plan;
  }

  /** A backup of one snapshot. */
  record Whole(Catalog catalog, SharedSnapshot snapshot, PassResult result) {}

  /**
   * Looks whether it is all there.
   *
   * @param start with what the workers have left
   * @param options of the backup
   */
  Optional<Whole> whole(StartingPoint start, BackupOptions options) {
    Optional<SharedSnapshot> shared =
        repository.sharedSnapshot(plan.job()).filter(snapshot -> snapshot.id() != null);
    if (shared.isEmpty()) {
      return Optional.empty();
    }
    Map<TableName, TableIdentity> before = new TreeMap<>();
    shared.get().tables().forEach(table -> before.put(table.name(), table.identity()));
    Optional<Catalog> catalog =
        source.withSequences(source.catalog(options.selection()).only(before.keySet()));
    if (catalog.isEmpty()
        || catalog.get().tables().size() != before.size()
        || !source.identities(before.keySet()).equals(before)) {
      return Optional.empty();
    }
    return result(start, shared.get(), catalog.get())
        .map(result -> new Whole(catalog.get(), shared.get(), result));
  }

  /** What the workers say of one table, as of the snapshot. */
  private static final class Reported {
    private final Map<Optional<List<String>>, CheckpointRange> byLower = new HashMap<>();
    private @Nullable Long counted;
  }

  private Optional<PassResult> result(StartingPoint start, SharedSnapshot shared, Catalog catalog) {
    Map<TableName, Reported> reported = reported(start.runs(), shared);
    Set<String> keys = new HashSet<>();
    reported
        .values()
        .forEach(
            table ->
                table.byLower.values().stream()
                    .flatMap(range -> range.parts().stream())
                    .forEach(part -> keys.add(part.key())));
    Predicate<PartEntry> usable = startingPoints.usable(start.id(), start.parent(), keys);
    List<TableEntry> entries = new ArrayList<>();
    for (SourceTable table : catalog.tables()) {
      Optional<TableEntry> entry =
          entry(table.definition(), reported.getOrDefault(table.name(), new Reported()), usable);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      entries.add(entry.get());
    }
    PassWork work = new PassWork();
    entries.stream()
        .flatMap(entry -> entry.parts().stream())
        .filter(part -> repository.isMadeBy(start.id(), part))
        .forEach(part -> work.readNew(part.rows(), part.rawBytes()));
    return Optional.of(
        new PassResult(entries, Set.of(), true, start.known().names(catalog.tables()), 0, work));
  }

  private Map<TableName, Reported> reported(List<JobRecord> runs, SharedSnapshot shared) {
    Map<TableName, Reported> reported = new HashMap<>();
    for (JobRecord run : runs) {
      for (CheckpointRange range : run.ranges()) {
        if (range.snapshot() != null && range.snapshot().equals(shared.id())) {
          reported
              .computeIfAbsent(
                  new TableName(range.schema(), range.table()), table -> new Reported())
              .byLower
              .put(Optional.ofNullable(range.lower()), range);
        }
      }
      for (TableCount count : run.counts()) {
        if (count.snapshot().equals(shared.id())) {
          reported.computeIfAbsent(
                      new TableName(count.schema(), count.table()), table -> new Reported())
                  .counted =
              count.rows();
        }
      }
    }
    return reported;
  }

  /** Empty where the ranges do not lead from the table's beginning to its end. */
  private static Optional<TableEntry> entry(
      TableDefinition table, Reported reported, Predicate<PartEntry> usable) {
    if (table.definitionOnly()) {
      return Optional.of(TableEntry.of(table, List.of()));
    }
    List<PartEntry> parts = new ArrayList<>();
    @Nullable List<String> at = null;
    for (int i = 0; i < reported.byLower.size(); i++) {
      CheckpointRange next = reported.byLower.get(Optional.ofNullable(at));
      if (next == null
          || !next.definitionHash().equals(table.hash())
          || !next.parts().stream().allMatch(usable)) {
        return Optional.empty();
      }
      parts.addAll(next.parts());
      at = next.upper();
      if (at == null) {
        TableEntry entry = TableEntry.of(table, TablePass.withoutGaps(table, parts));
        return reported.counted == null || reported.counted == entry.rows()
            ? Optional.of(entry)
            : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
