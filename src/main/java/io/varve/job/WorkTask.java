package io.varve.job;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupShare;
import io.varve.configuration.Configuration;
import io.varve.configuration.SourceConfiguration;
import io.varve.configuration.TargetConfiguration;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.LoadPlan;
import io.varve.repository.WorkPlan;
import io.varve.restore.Restore;
import io.varve.restore.RestoreOptions;
import io.varve.restore.SharedRestore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The function {@code work}: one share of a plan.
 *
 * @param plan its name: that of the job that planned
 * @param patience for the other workers to come, where they share a snapshot
 */
record WorkTask(String source, Optional<String> target, String plan, int worker, Duration patience)
    implements Task {

  private static final int MOST_WORKERS = 1_000;
  private static final int MOST_SECONDS = 900;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static Task read(EventFields event) {
    int seconds = event.number("patienceSeconds", MOST_SECONDS);
    return new WorkTask(
        event.text("source"),
        event.optionalText("target"),
        event.text("plan"),
        event.number("worker", MOST_WORKERS - 1),
        seconds == 0 ? PATIENCE : Duration.ofSeconds(seconds));
  }

  @Override
  public Optional<String> job() {
    return Optional.of(plan + "-work-" + worker);
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    target.ifPresentOrElse(configuration::target, () -> configuration.source(source));
  }

  @Override
  public Object run(Call call) {
    return target.map(name -> load(call, name)).orElseGet(() -> read(call));
  }

  private Object read(Call call) {
    SourceConfiguration configured = call.configuration().source(source);
    PlanStep step = new PlanStep(call, plan);
    WorkPlan work = step.backup();
    BackupOptions options = step.options(work, configured);
    try (Source opened = Source.connect(configured.settings())) {
      return new BackupShare(
              opened,
              call.repository(),
              work,
              worker,
              options,
              patience,
              call.progress(),
              call.clock())
          .run();
    }
  }

  private Object load(Call call, String name) {
    TargetConfiguration configured = call.configuration().target(name);
    PlanStep step = new PlanStep(call, plan);
    LoadPlan load = step.restore();
    RestoreOptions options = step.options(load, name, configured);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      Restore restore =
          new Restore(call.repository(), opened, options, call.progress(), call.clock());
      return SharedRestore.work(restore, call.repository(), load, worker)
          .<Object>map(loaded -> loaded)
          .orElse(Map.of("rows", 0, "bytes", 0));
    }
  }
}
