package io.varve.restore;

import java.util.List;

/**
 * The plan of a restore for machines: what {@code --dry-run --json} prints, and a function answers.
 */
public record PlanResult(
    String backupId, List<PlanTable> tables, long rows, long bytes, boolean resumed) {

  /** Of one table. */
  public record PlanTable(String table, String target, long rows, long bytes, boolean replaces) {}

  /** Of a plan that can be carried out. */
  public static PlanResult of(RestorePlan plan) {
    return new PlanResult(
        plan.manifest().id().value(),
        plan.tables().stream()
            .map(
                table ->
                    new PlanTable(
                        table.entry().definition().name().toString(),
                        table.target().name().toString(),
                        table.entry().rows(),
                        table.rawBytes(),
                        plan.replaced().contains(table.target().name())))
            .toList(),
        plan.rows(),
        plan.rawBytes(),
        plan.resumed());
  }
}
