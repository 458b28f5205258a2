package io.varve.restore;

import io.varve.repository.BackupId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restore has done.
 *
 * @param rows loaded, by this run or by the tries that it carried on
 * @param bytes of the rows' text
 * @param storedBytes of the parts read
 * @param backupBytes of the rows' text in what was asked for, loaded or found to be there
 * @param seconds in all
 * @param loadSeconds until the last part was loaded
 * @param indexSeconds for indexes, foreign keys, views, routines, triggers and events
 * @param verifySeconds for the checksums
 * @param verifiedRanges how many ranges were compared with the manifest
 * @param verified whether all of them are equal; a restore that is not ends with an error
 * @param touched what was not left as it stood; null unless only what differs was restored
 */
public record RestoreReport(
    BackupId id,
    int tables,
    long rows,
    long bytes,
    long storedBytes,
    long backupBytes,
    double seconds,
    double loadSeconds,
    double indexSeconds,
    double verifySeconds,
    int verifiedRanges,
    boolean verified,
    @Nullable Touched touched,
    List<String> notes) {

  /**
   * What was not left as it stood.
   *
   * @param tablesMade that were missing, or defined otherwise
   * @param rangesCompared of the other tables
   * @param rangesReplaced of these
   * @param tablesDropped that the backup has not
   */
  public record Touched(
      int tablesMade, int rangesCompared, int rangesReplaced, int tablesDropped) {}
}
