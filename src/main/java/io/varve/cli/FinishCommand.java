package io.varve.cli;

import io.varve.backup.Backup;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.backup.BackupResult;
import io.varve.mysql.Source;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.Standing;
import io.varve.repository.WorkPlan;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code varve finish}. */
@Command(
    name = "finish",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes the backup of what the workers of a job have read. Where they have shared a snapshot and",
      "all are done, it only commits; else it judges in one snapshot what they have read, and reads",
      "what has changed since, or is missing."
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
    BackupReport report;
    String name;
    try (ConsoleProgress progress = common.progress();
        Repository repository = store.open()) {
      SourceRepository backups = store.source(repository);
      name = backups.name();
      WorkPlan plan = job.plan(backups);
      if (backups.standing(plan.backup()) instanceof Standing.Committed(var manifest)) {
        report = BackupReport.of(manifest);
      } else {
        BackupOptions options =
            BackupOptions.of(plan, parallel.connections())
                .until(deadline.limit())
                .throttled(throttle.throttling());
        try (Source source = Source.connect(job.source(progress))) {
          report = new Backup(source, backups, options, progress, Clock.systemUTC()).run();
        }
      }
    }
    common.print(BackupResult.of(report, name), BackupCommand.text(report, name));
    return 0;
  }
}
