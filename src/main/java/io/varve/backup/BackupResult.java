package io.varve.backup;

import io.varve.repository.BackupId;
import io.varve.repository.Changes;
import io.varve.repository.Totals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A backup for machines: what {@code --json} prints, and a function answers. */
public record BackupResult(
    String backupId,
    String kind,
    @Nullable String parent,
    String source,
    int tables,
    int parts,
    long rows,
    long rawBytes,
    long storedBytes,
    double seconds,
    String snapshot,
    Changes changes,
    List<String> notes) {

  /** Of a backup that was committed. */
  public static BackupResult of(BackupReport report, String source) {
    Totals totals = report.totals();
    return new BackupResult(
        report.id().value(),
        report.kind().word(),
        report.parent().map(BackupId::value).orElse(null),
        source,
        totals.tables(),
        totals.parts(),
        totals.rows(),
        totals.rawBytes(),
        totals.storedBytes(),
        totals.seconds(),
        report.consistency().snapshot(),
        report.changes(),
        report.notes());
  }
}
