package io.varve.backup;

import static java.util.Objects.requireNonNull;

import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Changes;
import io.varve.repository.Consistency;
import io.varve.repository.Manifest;
import io.varve.repository.Totals;
import java.util.List;
import java.util.Optional;

/**
 * What a backup has done.
 *
 * @param parent the backup that it builds on
 */
public record BackupReport(
    BackupId id,
    BackupKind kind,
    Totals totals,
    Consistency consistency,
    List<String> notes,
    Optional<BackupId> parent,
    Changes changes) {

  /** Of a backup that was committed. */
  public static BackupReport of(Manifest manifest) {
    return new BackupReport(
        manifest.id(),
        manifest.kind(),
        manifest.totals(),
        manifest.consistency(),
        manifest.notes(),
        Optional.ofNullable(manifest.parent()),
        requireNonNull(manifest.changes()));
  }
}
