package io.varve.backup;

import io.varve.repository.BackupId;
import io.varve.repository.JobRecord;
import io.varve.repository.Manifest;
import java.util.List;
import java.util.Optional;

/**
 * What a run begins with.
 *
 * @param id of the backup that it makes, or goes on with
 * @param parent pinned, and there
 * @param known parts of the parent, and of the runs before
 * @param bytesAtFirst the size of the source's tables when the first run began
 * @param runs the records of those before, oldest first
 */
record StartingPoint(
    BackupId id,
    Optional<Manifest> parent,
    KnownParts known,
    Optional<Long> bytesAtFirst,
    List<JobRecord> runs) {}
