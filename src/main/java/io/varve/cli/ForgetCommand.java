package io.varve.cli;

import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.retention.Prune;
import io.varve.retention.PruneReport;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code varve forget}. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Takes one backup away, and the parts that no other needs.",
    footer = {
      "",
      "Example:",
      "  varve forget 20261120T070000Z-full-k3f9xy --store s3://bucket/backups"
    })
final class ForgetCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    PruneReport report;
    try (ConsoleProgress progress = common.progress();
        Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      report =
          new Prune(source, progress, Clock.systemUTC())
              .forget(source.manifest(source.resolve(which)).id());
    }
    common.print(report, text(report));
    return 0;
  }

  private static String text(PruneReport report) {
    Lines lines =
        Lines.of("Forgot backup " + report.backups().getFirst().id())
            .line("freed", PruneCommand.freed(report));
    if (report.deletedBackups() == 0) {
      lines.line(
          "in use", "a restore or backup works with it: run varve prune when that has ended");
    }
    return lines
        .line("hint", "varve prune takes away by rule what need not be kept (--keep-daily 7, ...)")
        .toString();
  }
}
