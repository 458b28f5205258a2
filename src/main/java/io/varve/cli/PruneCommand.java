package io.varve.cli;

import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.retention.Prune;
import io.varve.retention.PruneReport;
import io.varve.retention.RetentionPolicy;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve prune}. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Takes backups away that no rule keeps, and parts that no backup needs any more. Of each",
      "hour, day, week, month and year (UTC) the newest backup stays, for as many as asked for."
    },
    footer = {
      "",
      "Examples:",
      "  varve prune --store s3://bucket/backups --keep-daily 7 --keep-weekly 4 --keep-monthly 12",
      "  varve prune --store s3://bucket/backups --keep-within 30d --dry-run"
    })
final class PruneCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin StoreOptions store = new StoreOptions();

  @Mixin KeepOptions keep = new KeepOptions();

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Option(names = "--dry-run", description = "say what would go and why the others stay")
  boolean dryRun;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    RetentionPolicy policy = keep.policy(spec);
    if (policy.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "say what to keep (--keep-last 30, --keep-daily 7, ...)");
    }
    PruneReport report;
    try (ConsoleProgress progress = common.progress();
        Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      Prune prune = new Prune(source, progress, Clock.systemUTC(), deadline.limit());
      report = dryRun ? prune.plan(policy) : prune.run(policy);
    }
    common.print(report, text(report));
    return 0;
  }

  static String text(PruneReport report) {
    long going = report.backups().stream().filter(backup -> !backup.stays()).count();
    Lines lines =
        Lines.of(
            (report.dryRun() ? "Would delete " : "Deleted ")
                + Quantity.count(going)
                + " of "
                + Quantity.count(report.backups().size())
                + " backups");
    for (PruneReport.Verdict backup : report.backups()) {
      lines.line(
          backup.stays() ? "stays" : report.dryRun() ? "would go" : "gone",
          backup.id()
              + (backup.reasons().isEmpty() ? "" : "  " + String.join(", ", backup.reasons())));
    }
    if (!report.dryRun()) {
      lines.line("freed", freed(report));
    }
    return lines.toString();
  }

  static String freed(PruneReport report) {
    return Quantity.bytes(report.deletedBytes())
        + " in "
        + Quantity.count(report.deletedParts())
        + " parts";
  }
}
