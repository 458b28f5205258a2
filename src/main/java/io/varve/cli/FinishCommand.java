package io.varve.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.backup.Backup;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.backup.BackupResult;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.LoadPlan;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.Standing;
import io.varve.repository.WorkPlan;
import io.varve.restore.Restore;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreResult;
import io.varve.restore.SharedRestore;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code varve finish}. */
@Command(
    name = "finish",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Ends a job after its workers. A backup: where they have shared a snapshot and all are done, it",
      "only commits; else it judges in one snapshot what they have read, and reads what has changed",
      "since, or is missing. A restore: loads what is missing, makes indexes, keys and objects, and",
      "verifies every range."
    })
final class FinishCommand implements Callable<Integer> {

  @Mixin JobOptions job = new JobOptions();

  @Mixin StoreOptions store = new StoreOptions();

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    try (ConsoleProgress progress = common.progress();
        Repository repository = store.open()) {
      SourceRepository backups = store.source(repository);
      Runnable print =
          job.choose(
              backups,
              plan -> backUp(backups, plan, progress),
              plan -> restore(backups, plan, progress));
      progress.close();
      print.run();
    }
    return 0;
  }

  private Runnable backUp(SourceRepository backups, WorkPlan plan, ConsoleProgress progress) {
    BackupReport report;
    if (backups.standing(plan.backup()) instanceof Standing.Committed) {
      report = BackupReport.of(backups.manifest(plan.backup()));
    } else {
      BackupOptions options =
          BackupOptions.of(plan, parallel.connections())
              .until(deadline.limit())
              .throttled(throttle.throttling());
      try (Source source = Source.connect(job.source(progress))) {
        report = new Backup(source, backups, options, progress, Clock.systemUTC()).run();
      }
    }
    BackupResult result = BackupResult.of(report, backups.name());
    return () ->
        common.print(result, BackupCommand.text(result, Snapshots.text(report.consistency())));
  }

  private Runnable restore(SourceRepository backups, LoadPlan plan, ConsoleProgress progress) {
    RestoreOptions options =
        SharedRestore.options(plan, parallel.connections())
            .throttled(throttle.throttling())
            .until(deadline.limit());
    try (Target target = Target.connect(job.target(progress), Target.BinaryLog.ON)) {
      Optional<JsonNode> finished = SharedRestore.finished(target, backups, plan);
      if (finished.isPresent()) {
        return () ->
            common.print(finished.get(), "The restore of job " + plan.job() + " is verified.");
      }
      Restore restore =
          new Restore(
              backups,
              target,
              options,
              progress,
              Clock.systemUTC(),
              end -> SharedRestore.noteEnd(backups, plan, end));
      RestoreResult result = RestoreResult.of(restore.run(restore.plan(plan.backup())));
      String address = target.address();
      return () -> common.print(result, RestoreCommand.text(result, address));
    }
  }
}
