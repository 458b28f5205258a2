package io.varve.retention;

import io.varve.repository.BackupId;
import java.util.List;

/**
 * What a prune has done, or would do.
 *
 * @param deletedBackups whose manifests were deleted, also of earlier prunes that did not come so
 *     far; fewer than go where a running restore uses one
 * @param deletedParts that no backup needs any more
 * @param deletedBytes of these
 */
public record PruneReport(
    List<Verdict> backups,
    int deletedBackups,
    long deletedParts,
    long deletedBytes,
    boolean dryRun) {

  /**
   * Of one backup.
   *
   * @param reasons why it stays
   */
  public record Verdict(BackupId id, boolean stays, List<String> reasons) {}
}
