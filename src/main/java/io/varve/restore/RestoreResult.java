package io.varve.restore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A restore for machines: what {@code --json} prints, and a function answers. */
public record RestoreResult(
    String backupId,
    int tables,
    long rows,
    long bytes,
    long storedBytes,
    long backupBytes,
    double restoreRatio,
    double seconds,
    double loadSeconds,
    double indexSeconds,
    double verifySeconds,
    int verifiedRanges,
    boolean verified,
    RestoreReport.@Nullable Touched touched,
    List<String> notes) {

  /** Of a restore that was verified. */
  public static RestoreResult of(RestoreReport report) {
    return new RestoreResult(
        report.id().value(),
        report.tables(),
        report.rows(),
        report.bytes(),
        report.storedBytes(),
        report.backupBytes(),
        ratio(report),
        report.seconds(),
        report.loadSeconds(),
        report.indexSeconds(),
        report.verifySeconds(),
        report.verifiedRanges(),
        report.verified(),
        report.touched(),
        report.notes());
  }

  private static double ratio(RestoreReport report) {
    long of = report.touched() == null ? report.storedBytes() : report.backupBytes();
    return (double) report.bytes() / Math.max(1, of);
  }
}
