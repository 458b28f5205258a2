package io.varve.api;

import io.varve.repository.BackupId;
import io.varve.repository.Changes;
import io.varve.repository.Summary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was backed up of a source and when, oldest first.
 *
 * @param missed the seconds since 1970 of moments that were due and had no backup until the next
 */
record History(
    String source, Columns backups, List<Deleted> deleted, List<Failed> failed, List<Long> missed) {

  History {
    deleted = List.copyOf(deleted);
    failed = List.copyOf(failed);
    missed = List.copyOf(missed);
  }

  /**
   * The backups, a list for each field: so ten thousand are small.
   *
   * @param time of the snapshot, in seconds since 1970
   * @param parent where in these lists it stands; -1 where there is none, or it is deleted
   * @param newBytes stored under the backup's own id
   * @param seconds from the start of the run to the commit
   */
  record Columns(
      List<String> id,
      List<String> kind,
      List<Long> time,
      List<Integer> parent,
      List<Integer> tables,
      List<Long> rows,
      List<Long> rawBytes,
      List<Long> storedBytes,
      List<Long> newBytes,
      List<Long> rowsRead,
      List<Double> seconds) {

    static Columns of(List<Summary> backups) {
      Columns columns =
          new Columns(
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>());
      Map<BackupId, Integer> places = new HashMap<>();
      for (Summary backup : backups) {
        places.put(backup.id(), places.size());
      }
      backups.forEach(backup -> columns.add(backup, places));
      return columns;
    }

    private void add(Summary backup, Map<BackupId, Integer> places) {
      Changes changes = backup.changes();
      id.add(backup.id().value());
      kind.add(backup.kind().word());
      time.add(backup.snapshotTime().getEpochSecond());
      parent.add(backup.parent() == null ? -1 : places.getOrDefault(backup.parent(), -1));
      tables.add(backup.totals().tables());
      rows.add(backup.totals().rows());
      rawBytes.add(backup.totals().rawBytes());
      storedBytes.add(backup.totals().storedBytes());
      newBytes.add(changes == null ? backup.totals().storedBytes() : changes.bytesStored());
      rowsRead.add(changes == null ? backup.totals().rows() : changes.rowsRead());
      seconds.add(Math.round(backup.totals().seconds() * 1_000) / 1_000.0);
    }
  }

  /** A backup that was deleted. */
  record Deleted(String id, String kind, Instant time, Instant deletedAt) {}

  /**
   * A backup job that failed or was canceled.
   *
   * @param kind of the backup
   * @param error the class of the failure; null where it was canceled
   */
  record Failed(
      String job,
      String kind,
      @Nullable Instant at,
      @Nullable String error,
      @Nullable String reason) {}
}
