package io.varve.cli;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupShare;
import io.varve.backup.ShareReport;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.LoadPlan;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.WorkPlan;
import io.varve.restore.Restore;
import io.varve.restore.RestoreOptions;
import io.varve.restore.SharedRestore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve work}. */
@Command(
    name = "work",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Does one share of a job that varve backup --workers or varve restore --workers has begun. Any",
      "number of times, anywhere, in any order: what is done is not done again, and a share that dies",
      "is gone on with."
    },
    footer = {
      "",
      "Example:",
      "  varve backup --store s3://bucket --source mysql://backup@db --workers 4 --job nightly-1",
      "  varve work nightly-1 --store s3://bucket --source mysql://backup@db --worker 0    (to 3)",
      "  varve finish nightly-1 --store s3://bucket --source mysql://backup@db"
    })
final class WorkCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin JobOptions job = new JobOptions();

  @Mixin StoreOptions store = new StoreOptions();

  @Option(
      names = "--worker",
      paramLabel = "I",
      description = "which share, from 0; default: JOB_COMPLETION_INDEX, as Kubernetes sets it")
  @Nullable Integer worker;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = TimeSpan.class,
      description =
          "wait so long (default: 60s) for the other workers, where they are to share a snapshot")
  Duration patience = Duration.ofSeconds(60);

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    int share = share();
    try (ConsoleProgress progress = common.progress();
        Repository repository = store.open()) {
      SourceRepository backups = store.source(repository);
      Runnable print =
          job.choose(
              backups,
              plan -> read(backups, plan, share, progress),
              plan -> load(backups, plan, share, progress));
      progress.close();
      print.run();
    }
    return 0;
  }

  private Runnable read(
      SourceRepository backups, WorkPlan plan, int share, ConsoleProgress progress) {
    BackupOptions options =
        BackupOptions.of(plan, parallel.connections())
            .until(deadline.limit())
            .throttled(throttle.throttling());
    try (Source source = Source.connect(job.source(progress))) {
      ShareReport report =
          new BackupShare(
                  source, backups, plan, share, options, patience, progress, Clock.systemUTC())
              .run();
      return () -> common.print(report, text(report));
    }
  }

  private Runnable load(
      SourceRepository backups, LoadPlan plan, int share, ConsoleProgress progress) {
    RestoreOptions options =
        SharedRestore.options(plan, parallel.connections())
            .throttled(throttle.throttling())
            .until(deadline.limit());
    try (Target target = Target.connect(job.target(progress), Target.BinaryLog.ON)) {
      Restore restore = new Restore(backups, target, options, progress, Clock.systemUTC());
      Optional<Restore.Loaded> loaded = SharedRestore.work(restore, backups, plan, share);
      return () ->
          common.print(
              loaded.orElse(new Restore.Loaded(0, 0)),
              Lines.of("Worker " + share + " of job " + plan.job())
                  .line(
                      "loaded",
                      loaded
                          .map(
                              some ->
                                  Quantity.count(some.rows())
                                      + " rows, "
                                      + Quantity.bytes(some.bytes()))
                          .orElse("nothing: the restore is finished"))
                  .toString());
    }
  }

  private int share() {
    if (worker != null) {
      return worker;
    }
    String index = System.getenv("JOB_COMPLETION_INDEX");
    if (index == null || !index.matches("[0-9]{1,6}")) {
      throw new ParameterException(
          spec.commandLine(), "say which share it is to do (--worker, from 0)");
    }
    return Integer.parseInt(index);
  }

  private static String text(ShareReport report) {
    Lines lines =
        Lines.of("Worker " + report.worker() + " of job " + report.plan())
            .line(
                "share",
                switch (report.share()) {
                  case "finished" -> "the backup is there already";
                  case "nothing" -> "its share was read already";
                  default -> "its share is read";
                })
            .line(
                "read", Quantity.count(report.rows()) + " rows, " + Quantity.bytes(report.bytes()))
            .line(
                "snapshot",
                report.inSharedSnapshot()
                    ? "one with all other workers"
                    : report.whyNot().isEmpty() ? "of its own" : "of its own: " + report.whyNot());
    return lines.toString();
  }
}
