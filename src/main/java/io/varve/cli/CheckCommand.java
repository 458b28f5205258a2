package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.check.CheckReport;
import io.varve.check.Finding;
import io.varve.check.Finding.Verdict;
import io.varve.check.SourceCheck;
import io.varve.check.StoreCheck;
import io.varve.check.TargetCheck;
import io.varve.mysql.ConnectionSettings;
import io.varve.store.ObjectStore;
import io.varve.store.StoreProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Tries out whether a backup or a restore would work, without doing one.",
    footer = {
      "",
      "Examples:",
      "  varve check --source mysql://backup@db.example.com --store s3://bucket/backups",
      "  varve check --target mysql://restore@db.example.com"
    })
final class CheckCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--source",
      paramLabel = "URI",
      description = "mysql://user@host:port, to back up")
  @Nullable String source;

  @Option(
      names = "--target",
      paramLabel = "URI",
      description = "mysql://user@host:port, to restore into")
  @Nullable String target;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "s3://bucket/prefix or file:///path; some small objects are put and deleted")
  @Nullable String store;

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin ParallelOption parallel = new ParallelOption();

  @Option(
      names = "--single-writer",
      description = "only one process will write to the store, so it may ignore preconditions")
  boolean singleWriter;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin S3ClientOptions s3 = new S3ClientOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    if (source == null && target == null && store == null) {
      throw new ParameterException(
          spec.commandLine(), "Name what to check: --source, --target, --store");
    }
    int connections = parallel.connections();
    List<CheckReport> reports = new ArrayList<>();
    try (ConsoleProgress progress = common.progress()) {
      if (source != null) {
        reports.add(
            SourceCheck.run(
                settings(source, SourceOption.PASSWORD, progress),
                selection.selection(),
                connections));
      }
      if (target != null) {
        reports.add(TargetCheck.run(settings(target, TargetOption.PASSWORD, progress)));
      }
      if (store != null) {
        reports.add(check(store));
      }
    }
    common.print(Result.of(reports), text(reports));
    return exitCode(reports);
  }

  private ConnectionSettings settings(String uri, String variable, ConsoleProgress progress) {
    return server.settings(uri, variable, System.getenv(), progress::warn);
  }

  private CheckReport check(String location) {
    try (ObjectStore opened = s3.open(location)) {
      return StoreCheck.run(
          opened,
          target != null && source == null ? StoreCheck.Use.RESTORE : StoreCheck.Use.BACKUP,
          singleWriter ? StoreProbe.Writers.SINGLE : StoreProbe.Writers.MANY);
    }
  }

  private int exitCode(List<CheckReport> reports) {
    String checked =
        reports.stream()
            .map(report -> report.what() + " " + report.location())
            .collect(Collectors.joining(", "));
    if (reports.stream().anyMatch(report -> report.has(Verdict.MISSING))) {
      return common.fail(
          new InvalidRequestException(
              "vouch for",
              checked,
              "something that is needed is missing",
              "Do what the lines with \u2717 say, then check again."));
    }
    if (reports.stream().anyMatch(report -> report.has(Verdict.AWAY))) {
      return common.fail(
          new RetryLaterException(
              "vouch for", checked, "it does not answer as it should now", "Check again later."));
    }
    return 0;
  }

  /** What {@code --json} prints. */
  record Result(boolean fit, List<Checked> checks) {

    static Result of(List<CheckReport> reports) {
      List<Checked> checks = reports.stream().map(Checked::of).toList();
      return new Result(checks.stream().allMatch(Checked::fit), checks);
    }
  }

  /** A source, target or store in it. */
  record Checked(
      String what, String location, boolean fit, List<Found> findings, List<String> statements) {

    static Checked of(CheckReport report) {
      return new Checked(
          report.what(),
          report.location(),
          !report.has(Verdict.MISSING) && !report.has(Verdict.AWAY),
          report.findings().stream().map(Found::of).toList(),
          report.statements());
    }
  }

  /** A finding in that. */
  record Found(String verdict, String about, String text) {

    static Found of(Finding finding) {
      return new Found(
          finding.verdict().name().toLowerCase(Locale.ROOT), finding.about(), finding.text());
    }
  }

  private static String text(List<CheckReport> reports) {
    return reports.stream().map(CheckCommand::text).collect(Collectors.joining("%n".formatted()));
  }

  private static String text(CheckReport report) {
    StringBuilder text = new StringBuilder();
    text.append(report.what().substring(0, 1).toUpperCase(Locale.ROOT))
        .append(report.what().substring(1))
        .append(' ')
        .append(report.location());
    for (Finding finding : report.findings()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %s %-10s %s",
              mark(finding.verdict()),
              finding.about(),
              finding.text()));
    }
    if (!report.statements().isEmpty()) {
      text.append("%n  An administrator can run:".formatted());
      report.statements().forEach(statement -> text.append("%n".formatted() + "    " + statement));
    }
    return text.toString();
  }

  private static char mark(Verdict verdict) {
    return switch (verdict) {
      case GOOD -> '\u2713';
      case NOTE -> '!';
      case MISSING, AWAY -> '\u2717';
    };
  }
}
