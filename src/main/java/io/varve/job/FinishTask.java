package io.varve.job;

import io.varve.backup.Backup;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.backup.BackupResult;
import io.varve.configuration.Configuration;
import io.varve.configuration.SourceConfiguration;
import io.varve.configuration.TargetConfiguration;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.LoadPlan;
import io.varve.repository.Standing;
import io.varve.repository.WorkPlan;
import io.varve.restore.Restore;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreResult;
import io.varve.restore.SharedRestore;
import java.util.Optional;

/**
 * The function {@code finish}: ends what the workers of a plan have begun.
 *
 * @param plan its name: that of the job that planned
 */
record FinishTask(String source, Optional<String> target, String plan) implements Task {

  static Task read(EventFields event) {
    return new FinishTask(event.text("source"), event.optionalText("target"), event.text("plan"));
  }

  @Override
  public Optional<String> job() {
    return Optional.of(plan + "-finish");
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    target.ifPresentOrElse(configuration::target, () -> configuration.source(source));
  }

  @Override
  public Object run(Call call) {
    return target.map(name -> restore(call, name)).orElseGet(() -> backUp(call));
  }

  private Object backUp(Call call) {
    SourceConfiguration configured = call.configuration().source(source);
    PlanStep step = new PlanStep(call, plan);
    WorkPlan work = step.backup();
    if (call.repository().standing(work.backup()) instanceof Standing.Committed) {
      return BackupResult.of(BackupReport.of(call.repository().manifest(work.backup())), source);
    }
    BackupOptions options = step.options(work, configured);
    try (Source opened = Source.connect(configured.settings())) {
      return BackupResult.of(
          new Backup(opened, call.repository(), options, call.progress(), call.clock()).run(),
          source);
    }
  }

  private Object restore(Call call, String name) {
    TargetConfiguration configured = call.configuration().target(name);
    PlanStep step = new PlanStep(call, plan);
    LoadPlan load = step.restore();
    RestoreOptions options = step.options(load, name, configured);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      Optional<Object> finished =
          SharedRestore.finished(opened, call.repository(), load).map(report -> report);
      return finished.orElseGet(
          () -> {
            Restore restore =
                new Restore(
                    call.repository(),
                    opened,
                    options,
                    call.progress(),
                    call.clock(),
                    end -> SharedRestore.noteEnd(call.repository(), load, end));
            return RestoreResult.of(restore.run(restore.plan(load.backup())));
          });
    }
  }
}
