package io.varve.repository;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a job's record. Before the job's first effect one is put that pins the backup that
 * it uses: prune keeps what a living job pins.
 *
 * @param job the job's id
 * @param work backup, restore, verify
 * @param ownBackup the backup that the job is making, if any
 * @param pinnedBackup the backup that the job uses, if any
 * @param state running; stopped: another run can go on with it; done or failed
 * @param message of the failure
 * @param sourceBytes size of the source's tables, by its own guess; null where it is not known yet
 * @param ranges that the job has read and stored since its last piece
 * @param counts rows of tables, by the server, in a snapshot that several processes share
 */
public record JobEntry(
    int format,
    String job,
    String work,
    @Nullable BackupId ownBackup,
    @Nullable BackupId pinnedBackup,
    String state,
    Instant time,
    @Nullable String message,
    @Nullable Long sourceBytes,
    @Nullable List<CheckpointRange> ranges,
    @Nullable List<TableCount> counts) {

  public JobEntry {
    requireNonNull(job, "job");
    requireNonNull(work, "work");
    requireNonNull(state, "state");
    requireNonNull(time, "time");
  }
}
