package io.varve.testing;

import io.varve.codec.RowChecksum;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Changes;
import io.varve.repository.Consistency;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceInfo;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableEntry;
import io.varve.repository.Totals;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Backups of any time and size that nobody has taken: summaries and manifests without parts. */
public final class MadeUpBackups {

  private final SourceRepository source;

  public MadeUpBackups(SourceRepository source) {
    this.source = source;
  }

  /** An id of that time: full where there is no parent. */
  public static BackupId id(Instant time, @Nullable BackupId parent) {
    return BackupId.next(time, parent == null ? BackupKind.FULL : BackupKind.INCREMENTAL);
  }

  /** A backup without tables. */
  public BackupId put(Instant time, @Nullable BackupId parent) {
    return put(id(time, parent), parent, List.of(), List.of());
  }

  public BackupId put(
      BackupId id,
      @Nullable BackupId parent,
      List<TableEntry> tables,
      List<SchemaDefinition> schemas) {
    List<PartEntry> stored =
        tables.stream()
            .flatMap(table -> table.parts().stream())
            .filter(part -> source.isMadeBy(id, part))
            .toList();
    Changes changes =
        new Changes(
            stored.stream().mapToLong(PartEntry::rows).sum(),
            0,
            0,
            0,
            stored.size(),
            stored.stream().mapToLong(PartEntry::storedBytes).sum(),
            List.of());
    return put(id, parent, tables, schemas, Totals.of(tables, 1.5), changes);
  }

  /** A backup that says what it likes of its size. */
  public BackupId put(BackupId id, @Nullable BackupId parent, Totals totals, Changes changes) {
    return put(id, parent, List.of(), List.of(), totals, changes);
  }

  private BackupId put(
      BackupId id,
      @Nullable BackupId parent,
      List<TableEntry> tables,
      List<SchemaDefinition> schemas,
      Totals totals,
      Changes changes) {
    source.commit(
        new Manifest(
            1,
            id,
            id.kind(),
            parent,
            "run-" + id,
            source.name(),
            new SourceInfo("mysql", "9.7.0", "", "UTC", 0),
            id.time(),
            new Consistency("gtid", 4, 1, List.of("why"), List.of(), null, null, "u:1-7", null),
            "test",
            RowChecksum.ALGORITHM,
            "none",
            List.of(),
            List.of(),
            schemas,
            tables,
            totals,
            List.of(),
            null,
            parent == null ? null : changes,
            null,
            null));
    return id;
  }

  /** A part of a table, of which the text is ten times as large as it is stored. */
  public PartEntry part(BackupId storedUnder, int number, long rows, long storedBytes) {
    String hash = String.format("%064x", number);
    String key =
        String.format(
            "%s/parts/%s/db/t/%d-%s.tsv.zst",
            source.name(), storedUnder, number, hash.substring(0, 16));
    return new PartEntry(
        key, null, null, rows, 10 * storedBytes, storedBytes, null, null, "00", "00", hash);
  }

  public static TableEntry table(String schema, String table, PartEntry... parts) {
    return TableEntry.of(
        new TableDefinition(
            new TableName(schema, table),
            "InnoDB",
            null,
            List.of(),
            List.of(),
            "",
            "CREATE TABLE `" + table.replace("`", "``") + "` (\n  `id` int NOT NULL\n)",
            List.of("KEY `k` (`id`)"),
            List.of()),
        List.of(parts));
  }
}
