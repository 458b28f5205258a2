package io.varve.chaos;

/** What is run. */
enum Command {
  FULL_BACKUP,
  INCREMENTAL_BACKUP,
  /** Has hardly the time for a whole one, so the next goes on. */
  BACKUP_WITH_DEADLINE,
  RESTORE_CREATE,
  RESTORE_REPLACE,
  RESTORE_DIFF,
  DIFF,
  SYNC,
  PRUNE,
  VERIFY,
  VERIFY_DATA;

  boolean makesBackup() {
    return switch (this) {
      case FULL_BACKUP, INCREMENTAL_BACKUP, BACKUP_WITH_DEADLINE, SYNC -> true;
      default -> false;
    };
  }

  /** Whether it makes or replaces the copy. */
  boolean restoresCopy() {
    return this == RESTORE_CREATE || this == RESTORE_REPLACE;
  }

  /** Whether it is told which backup to take. */
  boolean usesBackup() {
    return switch (this) {
      case RESTORE_CREATE, RESTORE_REPLACE, RESTORE_DIFF, DIFF -> true;
      default -> false;
    };
  }
}
