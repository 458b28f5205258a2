package io.varve.repository;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a job's record. The first, put before the job's first effect, pins the backup that
 * it uses: prune keeps what a living job pins.
 *
 * @param job the job's id
 * @param work backup, restore, verify
 * @param ownBackup the backup that the job is making, if any
 * @param pinnedBackup the backup that the job uses, if any
 * @param state running, done or failed
 * @param message of the failure
 */
public record JobEntry(
    int format,
    String job,
    String work,
    @Nullable BackupId ownBackup,
    @Nullable BackupId pinnedBackup,
    String state,
    Instant time,
    @Nullable String message) {}
