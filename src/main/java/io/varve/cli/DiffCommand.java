package io.varve.cli;

import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Target;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.restore.DiffReport;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code varve diff}. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows in what a target differs from a backup, and so what restore --mode diff would do.",
      "Writes nothing to it."
    },
    footer = {
      "",
      "Example:",
      "  varve diff latest --store s3://bucket/backups --target mysql://root@localhost"
    })
final class DiffCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Mixin StoreOptions store = new StoreOptions();

  @Mixin TargetOption target = new TargetOption();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin RenameOption rename = new RenameOption();

  @Mixin ServerOptions server = new ServerOptions();

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    RestoreOptions options =
        new RestoreOptions(
                selection.selection(), rename.renames(), RestoreMode.DIFF, parallel.connections())
            .throttled(throttle.throttling());
    DiffReport report;
    String address;
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings settings = target.settings(server, progress);
      try (Repository repository = store.open();
          Target opened = Target.connect(settings, Target.BinaryLog.ON)) {
        SourceRepository source = store.source(repository);
        Restore restore = new Restore(source, opened, options, progress, Clock.systemUTC());
        report = restore.diff(restore.plan(source.resolve(which)));
        address = opened.address();
      }
    }
    common.print(report, text(report, address));
    return 0;
  }

  static String text(DiffReport report, String address) {
    Lines lines =
        Lines.of(
            address
                + (report.same() ? " has what is in " : " differs from ")
                + "backup "
                + report.id());
    for (DiffReport.Table table : report.tables()) {
      lines.line(
          table.state(),
          table.table()
              + "  "
              + switch (table.state()) {
                case "different" ->
                    table.differentRanges()
                        + " of "
                        + table.ranges()
                        + " ranges: "
                        + Quantity.count(table.rowsInTarget())
                        + " rows there, "
                        + Quantity.count(table.rowsInBackup())
                        + " in the backup";
                default -> Quantity.count(table.rows()) + " rows";
              });
    }
    report.additional().forEach(table -> lines.line("only there", table));
    return lines.toString();
  }
}
