package io.varve.cli;

import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Definer;
import io.varve.mysql.EventState;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.LoadPlan;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.restore.DiffReport;
import io.varve.restore.PlanResult;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestorePlan;
import io.varve.restore.RestoreReport;
import io.varve.restore.RestoreResult;
import io.varve.restore.SharedRestore;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code varve restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Restores a backup, or some of its tables, and verifies every range of rows.",
      "Killed and started again with the same options it goes on where it was."
    },
    footer = {
      "",
      "Examples:",
      "  varve restore --store s3://bucket/backups --target mysql://root@localhost",
      "  varve restore --store s3://bucket/backups --target mysql://root@localhost \\",
      "      --include shop.orders --rename shop=shop_copy --backup 2026-11-20T07:00:00Z",
      "  varve restore --store file:///backups --target mysql://root@localhost --dry-run"
    })
final class RestoreCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin StoreOptions store = new StoreOptions();

  @Mixin TargetOption target = new TargetOption();

  @Option(
      names = "--backup",
      paramLabel = "WHICH",
      defaultValue = "latest",
      description = "an id, latest (default), or a time: the latest that is not after it")
  String backup = "latest";

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin RenameOption rename = new RenameOption();

  @Option(
      names = "--collation",
      split = ",",
      paramLabel = "FROM=TO",
      description = "take another collation in place of one that the target lacks; repeatable")
  Map<String, String> collations = Map.of();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "create",
      description =
          "create (default): refuse where a table stands already; replace: drop it and make it anew;"
              + " diff: replace only the ranges that differ")
  RestoreMode mode = RestoreMode.CREATE;

  @Option(
      names = "--overwrite-live",
      description =
          "with --mode diff: also in tables with triggers, and those that tables refer to which are"
              + " not restored")
  boolean overwriteLive;

  @Option(
      names = "--definer",
      paramLabel = "WHO",
      defaultValue = "keep",
      converter = DefinerConverter.class,
      description = {
        "whose rights views, routines, triggers and events act with; keep (default): the source's"
            + " definer, or the restoring user where that has no account on the target; strip: the"
            + " restoring user; USER@HOST: this account"
      })
  Definer definer = Definer.KEEP;

  @Option(
      names = "--events",
      paramLabel = "STATE",
      defaultValue = "keep",
      description = "keep (default): enabled where the source's are; disabled: none runs")
  EventState events = EventState.KEEP;

  @Option(
      names = "--accounts",
      description =
          "make the users and roles of the backup that the target lacks, with their passwords and"
              + " grants")
  boolean accounts;

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = {
        "only make the tables: so many processes load their rows (varve work JOB), and varve finish"
            + " JOB ends the restore"
      })
  @Nullable Integer workers;

  @Option(
      names = "--job",
      paramLabel = "JOB",
      description = "with --workers: the name for varve work and varve finish")
  @Nullable String job;

  @Option(names = "--dry-run", description = "print the plan, write nothing")
  boolean dryRun;

  @Option(
      names = "--no-binary-log",
      description = "keep what is restored out of the target's binary log")
  boolean noBinaryLog;

  @Mixin ServerOptions server = new ServerOptions();

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    if (workers != null && noBinaryLog) {
      throw new ParameterException(
          spec.commandLine(), "--no-binary-log does not go with --workers: each worker would log");
    }
    if (workers == null ? job != null : workers < 1 || workers > BackupCommand.MOST_WORKERS) {
      throw new ParameterException(
          spec.commandLine(),
          workers == null
              ? "--job needs --workers"
              : "--workers must be from 1 to " + BackupCommand.MOST_WORKERS);
    }
    RestoreOptions options =
        new RestoreOptions(
            selection.selection(),
            rename.renames(),
            mode,
            parallel.connections(),
            collations,
            new ObjectOptions(definer, events),
            accounts,
            overwriteLive,
            false,
            throttle.throttling(),
            deadline.limit());
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings settings = target.settings(server, progress);
      try (Repository repository = store.open();
          Target opened =
              Target.connect(settings, noBinaryLog ? Target.BinaryLog.OFF : Target.BinaryLog.ON)) {
        SourceRepository source = store.source(repository);
        BackupId id = source.resolve(backup);
        Restore restore = new Restore(source, opened, options, progress, Clock.systemUTC());
        if (workers != null) {
          LoadPlan plan = SharedRestore.plan(restore, source, options, id, requireJob(), workers);
          progress.close();
          common.print(plan, text(plan));
          return 0;
        }
        RestorePlan plan = restore.plan(id);
        if (dryRun && mode == RestoreMode.DIFF) {
          DiffReport diff = restore.diff(plan);
          common.print(diff, DiffCommand.text(diff, opened.address()));
          return 0;
        }
        if (dryRun) {
          PlanResult result = PlanResult.of(plan);
          String from = ", from " + Quantity.bytes(plan.storedBytes()) + " in the store";
          common.print(result, planText(result, from, opened.address()));
          return 0;
        }
        RestoreResult result = RestoreResult.of(restore.run(plan));
        progress.close();
        common.print(result, text(result, opened.address()));
      }
    }
    return 0;
  }

  private String requireJob() {
    if (job == null) {
      throw new ParameterException(spec.commandLine(), "--workers needs --job");
    }
    return job;
  }

  private static String text(LoadPlan plan) {
    return Lines.of("Job " + plan.job())
        .line("backup", plan.backup().value() + ": its tables are made")
        .line("next", "varve work " + plan.job() + " --worker 0 to " + (plan.workers() - 1))
        .line("then", "varve finish " + plan.job())
        .toString();
  }

  static final class DefinerConverter implements ITypeConverter<Definer> {
    @Override
    public Definer convert(String text) {
      return Definer.parse(text)
          .orElseThrow(
              () -> new TypeConversionException("not keep, strip or USER@HOST: '" + text + "'"));
    }
  }

  /**
   * The plan.
   *
   * @param from what is known of the parts, after the size of the rows
   */
  static String planText(PlanResult plan, String from, String address) {
    Lines lines =
        Lines.of("Would restore " + plan.backupId() + " into " + address)
            .line("tables", Quantity.count(plan.tables().size()))
            .line("rows", Quantity.count(plan.rows()))
            .line("size", Quantity.bytes(plan.bytes()) + from);
    if (plan.resumed()) {
      lines.line("resume", "an earlier try was not finished: goes on where it was");
    }
    for (PlanResult.PlanTable table : plan.tables()) {
      lines.line(
          "",
          table.target()
              + "  "
              + Quantity.count(table.rows())
              + " rows, "
              + Quantity.bytes(table.bytes())
              + (table.replaces() ? "  REPLACES a table" : ""));
    }
    return lines.toString();
  }

  static String text(RestoreResult report, String address) {
    Lines lines =
        Lines.of("Restored " + report.backupId() + " into " + address)
            .line("tables", Quantity.count(report.tables()));
    RestoreReport.Touched touched = report.touched();
    if (touched != null) {
      lines.line(
          "touched",
          Quantity.count(touched.rangesReplaced())
              + " of "
              + Quantity.count(touched.rangesCompared())
              + " ranges, "
              + touched.tablesMade()
              + " tables made, "
              + touched.tablesDropped()
              + " dropped");
    }
    return lines
        .line("rows", Quantity.count(report.rows()))
        .line(
            "loaded",
            Quantity.bytes(report.bytes())
                + " from "
                + Quantity.bytes(report.storedBytes())
                + restoreRatio(report))
        .line(
            "time",
            Quantity.seconds(report.seconds())
                + ", "
                + Quantity.rate(report.bytes(), report.seconds())
                + " (load "
                + Quantity.seconds(report.loadSeconds())
                + ", indexes "
                + Quantity.seconds(report.indexSeconds())
                + ", verify "
                + Quantity.seconds(report.verifySeconds())
                + ")")
        .line(
            "verified",
            "the checksums of all " + Quantity.count(report.verifiedRanges()) + " ranges are equal")
        .toString();
  }

  /** Of a whole restore what the store's bytes became, of a diff how much was not there yet. */
  private static String restoreRatio(RestoreResult report) {
    return report.touched() == null
        ? ", restore ratio " + Quantity.ratio(report.bytes(), report.storedBytes())
        : ", restore ratio "
            + Quantity.ratio(report.bytes(), report.backupBytes())
            + " of the backup's "
            + Quantity.bytes(report.backupBytes());
  }
}
