package io.varve.repository;

import java.util.Locale;

/** Whether a backup had known parts to begin with. Either is complete. */
public enum BackupKind {
  FULL,
  INCREMENTAL;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
