package io.varve.backup;

import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.WorkPlan;
import java.util.Optional;

/**
 * What a backup builds on.
 *
 * @param kind incremental: on the parts of another backup
 * @param parent which one: an id, latest, or a time; the latest where none is named
 * @param unfinished the backup to go on with, by the token of the call before; where none is named,
 *     the latest of that kind that a run left unfinished, if any
 * @param plan by which other processes have made parts of it
 */
public record BackupBase(
    BackupKind kind,
    Optional<String> parent,
    Optional<BackupId> unfinished,
    Optional<WorkPlan> plan) {

  /** Nothing: a full backup. */
  public static final BackupBase NOTHING =
      new BackupBase(BackupKind.FULL, Optional.empty(), Optional.empty());

  /** The newest backup. */
  public static final BackupBase LATEST =
      new BackupBase(BackupKind.INCREMENTAL, Optional.empty(), Optional.empty());

  public BackupBase(BackupKind kind, Optional<String> parent, Optional<BackupId> unfinished) {
    this(kind, parent, unfinished, Optional.empty());
  }

  /** What the workers of a plan have left. */
  public static BackupBase of(WorkPlan plan) {
    return new BackupBase(
        plan.backup().kind(), Optional.empty(), Optional.of(plan.backup()), Optional.of(plan));
  }
}
