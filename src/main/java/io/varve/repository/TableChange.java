package io.varve.repository;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What became of a table since the backup that this one builds on.
 *
 * @param change {@code new}, {@code altered}: its definition changed so that no part could be kept;
 *     {@code changed}, {@code unchanged}
 * @param before the name that it had, where that was another
 * @param rowsBefore how many rows it had
 * @param partsKept of older backups
 * @param bytesStored of the parts under this backup's id
 */
public record TableChange(
    String change, @Nullable String before, long rowsBefore, int partsKept, long bytesStored) {

  public TableChange {
    requireNonNull(change, "change");
  }
}
