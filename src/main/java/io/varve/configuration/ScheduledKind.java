package io.varve.configuration;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a server begins by a schedule, for each source: one schedule of each. */
public enum ScheduledKind {
  /** A backup of what has changed. */
  INCREMENTAL,
  /** A backup of everything, whatever is known. */
  FULL,
  PRUNE,
  VERIFY,
  /** A standby follows the source. */
  SYNC,
  /** A backup is restored, verified, and dropped again. */
  DRILL;

  /** Its name in the document, and in the names of jobs. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a backup comes of it. */
  public boolean makesBackups() {
    return this == FULL || this == INCREMENTAL || this == SYNC;
  }

  /** Whether it restores into a target. */
  public boolean restores() {
    return this == SYNC || this == DRILL;
  }

  /** Finds one; empty where there is none of that name. */
  public static Optional<ScheduledKind> named(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(ScheduledKind::word).collect(Collectors.joining(", "));
  }
}
