package io.varve.job;

import io.varve.InvalidRequestException;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupPlanner;
import io.varve.backup.PlanReport;
import io.varve.configuration.Configuration;
import io.varve.configuration.SourceConfiguration;
import io.varve.configuration.TargetConfiguration;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.LoadPlan;
import io.varve.repository.Repository;
import io.varve.restore.Restore;
import io.varve.restore.RestoreOptions;
import io.varve.restore.SharedRestore;
import io.varve.store.ObjectStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The function {@code plan}: cuts a backup, or a restore where the event names a target, for
 * several calls of {@code work}, whose events it answers.
 *
 * @param snapshots whether the workers of a backup share one
 */
record PlanTask(int workers, BackupPlanner.Snapshots snapshots, Task whole) implements Task {

  private static final int MOST_WORKERS = 1_000;

  static Task read(EventFields event) {
    int workers = event.number("workers", MOST_WORKERS);
    if (workers == 0) {
      throw new InvalidRequestException(
          "read",
          "the event",
          "field workers must be a whole number from 1 to " + MOST_WORKERS,
          "Say how many calls of work there are to be.");
    }
    boolean isRestore = event.optionalText("target").isPresent();
    BackupPlanner.Snapshots snapshots =
        !isRestore && event.word("snapshots", "own", "shared").equals("shared")
            ? BackupPlanner.Snapshots.SHARED
            : BackupPlanner.Snapshots.OWN;
    return new PlanTask(
        workers, snapshots, isRestore ? RestoreTask.read(event) : BackupTask.read(event));
  }

  @Override
  public String source() {
    return whole.source();
  }

  @Override
  public Repository open(ObjectStore store) {
    return whole.open(store);
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    whole.requireConfigured(configuration);
  }

  @Override
  public Object run(Call call) {
    return switch (whole) {
      case BackupTask backup -> plan(call, backup);
      case RestoreTask restore -> plan(call, restore);
      default -> throw new IllegalStateException("no event is read so");
    };
  }

  private Plan plan(Call call, BackupTask task) {
    SourceConfiguration configured = call.configuration().source(task.source());
    List<String> tags =
        Stream.concat(configured.tags().stream(), task.tags().stream()).distinct().toList();
    BackupStep step =
        new BackupStep(
            call, configured, new BackupBase(task.kind(), task.parent(), Optional.empty()), tags);
    BackupOptions options = step.options();
    try (Source opened = Source.connect(configured.settings())) {
      PlanReport report =
          new BackupPlanner(opened, call.repository(), options, call.progress(), call.clock())
              .run(Optional.of(call.request().name()), workers, snapshots);
      return new Plan(report.backup().value(), work(call, Map.of()), end(call, Map.of()));
    }
  }

  private Plan plan(Call call, RestoreTask task) {
    if (task.extent() == RestoreTask.Extent.PLAN) {
      throw new InvalidRequestException(
          "plan",
          "a restore",
          "dryRun makes nothing that workers could work on",
          "Ask the function restore for it.");
    }
    TargetConfiguration configured = task.allowed(call.configuration());
    BackupId id = call.backup(task.backup());
    RestoreOptions options = task.options(call, configured);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      Restore restore =
          new Restore(call.repository(), opened, options, call.progress(), call.clock());
      LoadPlan plan =
          SharedRestore.plan(
              restore, call.repository(), options, id, call.request().name(), workers);
      Map<String, Object> where = Map.of("target", task.target());
      return new Plan(plan.backup().value(), work(call, where), end(call, where));
    }
  }

  /**
   * What is answered.
   *
   * @param work the events of the function {@code work}
   * @param finish the event of the function {@code finish}
   */
  record Plan(String backupId, List<Map<String, Object>> work, Map<String, Object> finish) {}

  private List<Map<String, Object>> work(Call call, Map<String, Object> where) {
    return IntStream.range(0, workers)
        .mapToObj(
            worker -> {
              Map<String, Object> event = end(call, where);
              event.put("worker", worker);
              return event;
            })
        .toList();
  }

  private Map<String, Object> end(Call call, Map<String, Object> where) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("source", source());
    event.putAll(where);
    event.put("plan", call.request().name());
    return event;
  }
}
