package io.varve.job;

import io.varve.InvalidRequestException;
import io.varve.backup.BackupOptions;
import io.varve.configuration.SourceConfiguration;
import io.varve.configuration.TargetConfiguration;
import io.varve.repository.LoadPlan;
import io.varve.repository.WorkPlan;
import io.varve.restore.RestoreOptions;
import io.varve.restore.SharedRestore;
import java.util.Optional;

/**
 * A plan by which several calls work, and how this one does.
 *
 * @param plan its name: that of the job that planned
 */
record PlanStep(Call call, String plan) {

  WorkPlan backup() {
    return there(call.repository().plan(plan), "backup");
  }

  LoadPlan restore() {
    return there(call.repository().loadPlan(plan), "restore");
  }

  private <T> T there(Optional<T> found, String work) {
    return found.orElseThrow(
        () ->
            new InvalidRequestException(
                "work for",
                "plan " + plan + " in " + call.repository().location(),
                "there is no plan of a " + work + " of that name",
                "Call the function with an event that the function plan has answered."));
  }

  /** By the plan and the configuration, where the memory is enough. */
  BackupOptions options(WorkPlan work, SourceConfiguration configured) {
    Memory.require(
        "back up", call.repository().location(), 2L * configured.parallel(), work.partBytes());
    return BackupOptions.of(work, configured.parallel())
        .until(call.limit())
        .throttled(configured.throttling());
  }

  /** By the plan and the configuration, where that allows it. */
  RestoreOptions options(LoadPlan load, String target, TargetConfiguration configured) {
    RestoreTask.requireAllowed(configured, target, load);
    return SharedRestore.options(load, configured.parallel())
        .throttled(configured.throttling())
        .until(call.limit());
  }
}
