package io.varve.verify;

import io.varve.repository.BackupId;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not as a backup says.
 *
 * @param table whose part it is; empty for a manifest or a summary
 * @param part its number in the table, from 0, in the order of the key; null for a manifest or a
 *     summary
 * @param key of the object
 * @param reason what is wrong with it
 */
public record Damage(
    BackupId backup, String table, @Nullable Integer part, String key, String reason) {

  /** What is hit, for messages. */
  public String subject() {
    return part == null ? "its record" : "table " + table + " part " + part;
  }
}
