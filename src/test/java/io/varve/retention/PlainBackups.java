package io.varve.retention;

import io.varve.codec.RowChecksum;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.Consistency;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Repository;
import io.varve.repository.SourceInfo;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableEntry;
import io.varve.repository.Totals;
import io.varve.store.Content;
import io.varve.store.ObjectStore;
import io.varve.store.StoreTraits;
import java.time.Clock;
import java.util.List;

/** Backups of one table without content, for tests of what is done with whole backups. */
final class PlainBackups {

  static final String SOURCE = "s";

  private PlainBackups() {}

  static SourceRepository source(ObjectStore store, Clock clock) {
    return Repository.openOrCreate(
            store,
            () -> new StoreTraits("memory", true, true, true, true, true, "none", false),
            clock)
        .source(SOURCE);
  }

  /**
   * A part of three bytes in the folder of a backup.
   *
   * @param name a letter or digit
   */
  static PartEntry part(BackupId id, String name) {
    String key = SOURCE + "/parts/" + id + "/db/t/0-" + name.repeat(16) + ".tsv.zst";
    return new PartEntry(key, null, null, 1, 2, 3, null, null, "00", "00", name.repeat(64));
  }

  static void put(ObjectStore store, PartEntry part) {
    store.create(part.key(), Content.of(new byte[] {1, 2, 3}));
  }

  static void commit(SourceRepository source, BackupId id, String runId, List<PartEntry> parts) {
    TableDefinition table =
        new TableDefinition(
            new TableName("db", "t"),
            "InnoDB",
            null,
            List.of(),
            List.of(),
            "",
            "",
            List.of(),
            List.of());
    List<TableEntry> tables = List.of(TableEntry.of(table, parts));
    source.commit(
        new Manifest(
            1,
            id,
            id.kind(),
            null,
            runId,
            SOURCE,
            new SourceInfo("mysql", "9.7.0", "", "UTC", 0),
            id.time(),
            new Consistency("single", 1, 1, List.of(), List.of(), null, null, null, null),
            "test",
            RowChecksum.ALGORITHM,
            "none",
            List.of(),
            List.of(),
            List.of(),
            tables,
            Totals.of(tables, 600_000),
            List.of(),
            null,
            null,
            null,
            null));
  }
}
