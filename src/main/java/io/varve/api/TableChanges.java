package io.varve.api;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.Workers;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.repository.TableEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tables changed most over the last backups of a source. What a manifest says of that never
 * changes: it is read once, and kept as long as there is room. Thread-safe.
 */
final class TableChanges {

  /** Of tables in backups; each takes some dozen bytes. */
  private static final int MOST_KEPT = 500_000;

  private static final int MOST_TABLES = 12;
  private static final int READERS = 4;

  private final RecentlyUsed<BackupId, Map<TableName, Counts>> known =
      new RecentlyUsed<>(MOST_KEPT, Map::size);
  private final Map<TableName, TableName> names = new HashMap<>();

  /** What a backup has of a table. */
  private record Counts(long rows, long rowsStored, long bytesStored) {

    private static final Counts NONE = new Counts(0, 0, 0);

    static Counts of(TableEntry table, BackupId backup, SourceRepository source) {
      List<PartEntry> own =
          table.parts().stream().filter(part -> source.isMadeBy(backup, part)).toList();
      return new Counts(
          table.rows(),
          own.stream().mapToLong(PartEntry::rows).sum(),
          own.stream().mapToLong(PartEntry::storedBytes).sum());
    }
  }

  /**
   * What changed.
   *
   * @param tables those with most rows stored; each of their lists has a number for each backup
   */
  record Changed(List<Backup> backups, List<Table> tables) {

    Changed {
      backups = List.copyOf(backups);
      tables = List.copyOf(tables);
    }
  }

  record Backup(String id, Instant time) {}

  /**
   * A table over the backups; 0 where a backup does not have it.
   *
   * @param rows in the table
   * @param rowsStored in the parts under each backup's own id
   * @param bytesStored of those parts
   */
  record Table(
      String schema,
      String table,
      List<Long> rows,
      List<Long> rowsStored,
      List<Long> bytesStored) {}

  /** Of some backups, oldest first. A request for each that is not known yet. */
  Changed of(SourceRepository source, List<Summary> backups) {
    Map<BackupId, Map<TableName, Counts>> counts = counts(source, backups);
    List<Summary> readable =
        backups.stream().filter(backup -> counts.containsKey(backup.id())).toList();
    List<Map<TableName, Counts>> each =
        readable.stream().map(backup -> counts.getOrDefault(backup.id(), Map.of())).toList();
    return new Changed(
        readable.stream()
            .map(backup -> new Backup(backup.id().value(), backup.snapshotTime()))
            .toList(),
        mostChanged(each).stream().map(name -> table(name, each)).toList());
  }

  private static List<TableName> mostChanged(List<Map<TableName, Counts>> backups) {
    Map<TableName, Long> stored = new HashMap<>();
    for (Map<TableName, Counts> tables : backups) {
      tables.forEach((name, counts) -> stored.merge(name, counts.rowsStored(), Long::sum));
    }
    return stored.entrySet().stream()
        .filter(table -> table.getValue() > 0)
        .sorted(
            Map.Entry.<TableName, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry::getKey, Comparator.naturalOrder()))
        .limit(MOST_TABLES)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Table table(TableName name, List<Map<TableName, Counts>> backups) {
    List<Counts> counts =
        backups.stream().map(tables -> tables.getOrDefault(name, Counts.NONE)).toList();
    return new Table(
        name.schema(),
        name.table(),
        counts.stream().map(Counts::rows).toList(),
        counts.stream().map(Counts::rowsStored).toList(),
        counts.stream().map(Counts::bytesStored).toList());
  }

  private Map<BackupId, Map<TableName, Counts>> counts(
      SourceRepository source, List<Summary> backups) {
    Map<BackupId, Map<TableName, Counts>> found = new HashMap<>();
    List<BackupId> unknown = new ArrayList<>();
    for (Summary backup : backups) {
      known
          .find(backup.id())
          .ifPresentOrElse(
              counts -> found.put(backup.id(), counts), () -> unknown.add(backup.id()));
    }
    if (!unknown.isEmpty()) {
      Workers.share(
          READERS,
          unknown,
          id ->
              read(source, id)
                  .ifPresent(
                      counts -> {
                        synchronized (found) {
                          found.put(id, counts);
                        }
                      }));
    }
    return found;
  }

  /** Empty where it is damaged, or was deleted just now: that must not hide the others. */
  private Optional<Map<TableName, Counts>> read(SourceRepository source, BackupId id) {
    try {
      Map<TableName, Counts> counts = new HashMap<>();
      for (TableEntry table : source.manifest(id).tables()) {
        counts.put(shared(table.definition().name()), Counts.of(table, id, source));
      }
      known.keep(id, counts);
      return Optional.of(counts);
    } catch (DamageFoundException | InvalidRequestException unreadable) {
      return Optional.empty();
    }
  }

  /** One object for the name of a table, however many backups have it. */
  private synchronized TableName shared(TableName name) {
    if (names.size() > MOST_KEPT) {
      names.clear();
    }
    return names.computeIfAbsent(name, each -> each);
  }
}
