package io.varve.backup;

import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Consistency;
import io.varve.repository.Totals;
import java.util.List;

/** What a backup has done. */
public record BackupReport(
    BackupId id, BackupKind kind, Totals totals, Consistency consistency, List<String> notes) {}
