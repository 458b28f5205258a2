package io.varve.cli;

import io.varve.DamageFoundException;
import io.varve.backup.Repair;
import io.varve.backup.RepairReport;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Source;
import io.varve.repository.Repository;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code varve repair}. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes damaged parts again from the source, where their rows are still what they were. Each",
      "backup that names one is replaced by the same backup under a new id. Run verify --read-data",
      "first: it finds damage that does not show in a listing."
    },
    footer = {
      "",
      "Example:",
      "  varve repair --store s3://bucket/backups --source mysql://backup@db.example.com"
    })
final class RepairCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();

  @Mixin SourceOption source = new SourceOption();

  @Mixin ServerOptions server = new ServerOptions();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    RepairReport report;
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings settings = source.settings(server, progress);
      try (Source opened = Source.connect(settings);
          Repository repository = store.open()) {
        report =
            new Repair(
                    opened,
                    store.source(repository),
                    1,
                    throttle.throttling(),
                    progress,
                    Clock.systemUTC())
                .run();
      }
    }
    common.print(report, text(report));
    if (report.complete()) {
      return 0;
    }
    return common.fail(
        new DamageFoundException(
            "repair",
            store.store,
            Quantity.count(report.parts().stream().filter(part -> !part.repaired()).count())
                + " damaged parts could not be made again, "
                + Quantity.count(report.unreadable().size())
                + " manifests cannot be read",
            "Make a new full backup: it stores their tables anew. The backups that name them"
                + " restore all other tables."));
  }

  private static String text(RepairReport report) {
    Lines lines =
        Lines.of(
            report.parts().isEmpty() && report.unreadable().isEmpty()
                ? "Nothing is damaged, as far as a listing and earlier verifications show"
                : "Repaired "
                    + report.parts().stream().filter(RepairReport.Part::repaired).count()
                    + " of "
                    + report.parts().size()
                    + " damaged parts");
    for (RepairReport.Part part : report.parts()) {
      lines.line(
          part.repaired() ? "repaired" : "DAMAGED",
          part.key() + (part.repaired() ? "" : ": " + part.reason()));
    }
    report.unreadable().forEach(id -> lines.line("DAMAGED", "the manifest of backup " + id));
    report
        .backups()
        .forEach(backup -> lines.line("replaced", backup.before() + " by " + backup.now()));
    return lines.toString();
  }
}
