package io.varve.status;

import io.varve.configuration.ScheduledKind;
import io.varve.repository.BackupId;

/** What the names of jobs tell of their kinds. */
final class JobKinds {

  static final String BACKUP = "backup";

  private JobKinds() {}

  /**
   * Whether a job of that name may be of a kind. Names that servers give say it after the time;
   * others may be of any.
   */
  static boolean mayBe(String name, String kind) {
    if (BackupId.timeIn(name).isEmpty()) {
      return true;
    }
    String[] words = name.split("-", 3);
    if (words.length < 2) {
      return true;
    }
    boolean isBackup =
        words[1].equals(ScheduledKind.FULL.word())
            || words[1].equals(ScheduledKind.INCREMENTAL.word());
    return isBackup ? kind.equals(BACKUP) : words[1].equals(kind);
  }
}
