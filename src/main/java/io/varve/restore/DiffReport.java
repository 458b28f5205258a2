package io.varve.restore;

import io.varve.repository.BackupId;
import java.util.List;

/**
 * In what a target differs from a backup, for people and machines.
 *
 * @param additional tables that only the target has
 */
public record DiffReport(BackupId id, boolean same, List<Table> tables, List<String> additional) {

  /**
   * Of one table of the backup.
   *
   * @param table its name on the target
   * @param state {@code same}, {@code different}, {@code missing}, or {@code otherwise}: it is
   *     defined otherwise
   * @param rows that the backup has
   * @param ranges that were compared
   * @param differentRanges of these
   * @param rowsInBackup in the ranges that differ
   * @param rowsInTarget in the ranges that differ
   */
  public record Table(
      String table,
      String state,
      long rows,
      int ranges,
      int differentRanges,
      long rowsInBackup,
      long rowsInTarget) {}
}
