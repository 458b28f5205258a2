package io.varve.restore;

import io.varve.repository.Manifest;
import java.time.Instant;
import java.util.List;

/**
 * A restore drill for machines.
 *
 * @param backupId that was restored
 * @param snapshotTime when it was made
 * @param schemas that it was restored into
 * @param parts that were read
 * @param bytes of the rows' text
 * @param seconds of the restore, verification and all
 * @param schemasDropped how many of the schemas; all, unless they were to be kept
 */
public record DrillResult(
    String backupId,
    Instant snapshotTime,
    List<String> schemas,
    int tables,
    int parts,
    long rows,
    long bytes,
    long storedBytes,
    double seconds,
    double loadSeconds,
    double indexSeconds,
    double verifySeconds,
    int verifiedRanges,
    boolean verified,
    int schemasDropped,
    List<String> notes) {

  /**
   * Of a restore that was verified.
   *
   * @param isKept whether the schemas are left there
   */
  public static DrillResult of(RestorePlan plan, RestoreReport report, boolean isKept) {
    Manifest manifest = plan.manifest();
    List<String> schemas =
        plan.schemas().stream().map(RestorePlan.PlannedSchema::target).sorted().toList();
    return new DrillResult(
        manifest.id().value(),
        manifest.snapshotTime(),
        schemas,
        report.tables(),
        plan.tables().stream().mapToInt(table -> table.entry().parts().size()).sum(),
        report.rows(),
        report.bytes(),
        report.storedBytes(),
        report.seconds(),
        report.loadSeconds(),
        report.indexSeconds(),
        report.verifySeconds(),
        report.verifiedRanges(),
        report.verified(),
        isKept ? 0 : schemas.size(),
        report.notes());
  }
}
