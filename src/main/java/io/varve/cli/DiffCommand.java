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
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Mixin StoreOptions store = new StoreOptions();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "URI",
      description = "mysql://user@host:port")
  String target = "";

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(
      names = "--rename",
      split = ",",
      paramLabel = "FROM=TO",
      description = "a schema that has another name on the target; repeatable")
  Map<String, String> renames = Map.of();

  @Mixin ServerOptions server = new ServerOptions();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "connections that compare side by side; default: one per core, 2 to 8")
  @Nullable Integer parallel;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    RestoreOptions options =
        new RestoreOptions(
            selection.selection(), renames, RestoreMode.DIFF, Parallel.of(parallel, spec));
    DiffReport report;
    String address;
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings settings =
          server.settings(target, "VARVE_TARGET_PASSWORD", System.getenv(), progress::warn);
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
