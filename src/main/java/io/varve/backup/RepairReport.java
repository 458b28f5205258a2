package io.varve.backup;

import io.varve.repository.BackupId;
import java.util.List;

/**
 * What a repair has done.
 *
 * @param parts the damaged ones
 * @param backups those that name parts which were made again
 * @param unreadable backups whose manifest is damaged: what they name is not known
 */
public record RepairReport(List<Part> parts, List<Backup> backups, List<BackupId> unreadable) {

  /** Whether nothing damaged is left in any backup. */
  public boolean complete() {
    return unreadable.isEmpty() && parts.stream().allMatch(Part::repaired);
  }

  /**
   * A damaged part.
   *
   * @param reason why it could not be made again; empty if it was
   */
  public record Part(String key, String table, boolean repaired, String reason) {}

  /**
   * A backup that names parts which were made again.
   *
   * @param now the id under which it is to be found from now on
   */
  public record Backup(BackupId before, BackupId now) {}
}
