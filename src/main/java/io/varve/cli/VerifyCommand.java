package io.varve.cli;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.verify.Damage;
import io.varve.verify.StoppedAt;
import io.varve.verify.Verification;
import io.varve.verify.VerifyOptions;
import io.varve.verify.VerifyReport;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code varve verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Verifies that what backups name is stored with the right size;",
      "with --read-data also that it reads, and that its rows have their checksums."
    },
    footer = {
      "",
      "Examples:",
      "  varve verify --store s3://bucket/backups",
      "  varve verify latest --store s3://bucket/backups --read-data",
      "  varve verify --store s3://bucket/backups --read-data=5"
    })
final class VerifyCommand implements Callable<Integer> {

  /** Of foreign objects; --json has all. */
  private static final int MOST_SHOWN = 20;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "an id, latest, or a time; default: all backups of the source")
  @Nullable String which;

  @Mixin StoreOptions store = new StoreOptions();

  @Option(
      names = "--read-data",
      arity = "0..1",
      fallbackValue = "100",
      paramLabel = "PERCENT",
      description = "read the parts, or so many of them")
  @Nullable Integer readData;

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Option(
      names = "--continue",
      paramLabel = "TOKEN",
      description = "go on where the run stopped that printed this, with the same options")
  @Nullable String token;

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    int percent = readData == null ? 0 : readData;
    if (percent < 0 || percent > 100) {
      throw new ParameterException(spec.commandLine(), "--read-data must be from 0 to 100");
    }
    VerifyOptions reading =
        new VerifyOptions(percent, parallel.connections(), deadline.limit(), stoppedAt());
    VerifyReport report;
    try (ConsoleProgress progress = common.progress();
        Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      if (which == null && source.closedIds().isEmpty() && source.lostManifests().isEmpty()) {
        throw new InvalidRequestException(
            "verify",
            source.location(),
            "there is no backup",
            "Check --store and --name; varve list shows what is there.");
      }
      Verification verification = new Verification(source, reading, progress, Clock.systemUTC());
      report =
          which == null ? verification.runAll() : verification.run(List.of(source.resolve(which)));
    }
    common.print(report, text(report));
    if (report.sound()) {
      return 0;
    }
    return common.fail(
        new DamageFoundException(
            "vouch for",
            store.store,
            count(report.damages().size(), "object") + " not as the backups say",
            "Hit: "
                + report.damages().stream()
                    .map(damage -> damage.backup().value())
                    .distinct()
                    .collect(Collectors.joining(", "))
                + ". varve repair makes damaged parts again where the source still has their rows;"
                + " else make a new full backup. Find out what changed the store."));
  }

  private Optional<StoppedAt> stoppedAt() {
    return Optional.ofNullable(token)
        .map(
            text ->
                StoppedAt.parse(text)
                    .orElseThrow(
                        () ->
                            new ParameterException(
                                spec.commandLine(),
                                "--continue must be what a run of verify printed")));
  }

  static String text(VerifyReport report) {
    Lines lines =
        Lines.of(
                report.sound()
                    ? "Verified: " + count(report.backups(), "backup") + ", no damage found"
                    : "DAMAGE FOUND")
            .line("present", count(report.objects(), "part") + ", each with its size")
            .line(
                "read",
                report.objectsRead() == 0
                    ? "none (--read-data reads them)"
                    : count(report.objectsRead(), "part")
                        + ", "
                        + Quantity.bytes(report.bytesRead())
                        + ", rows and checksums compared")
            .line("time", Quantity.seconds(report.seconds()));
    for (Damage damage : report.damages()) {
      lines.line(
          "DAMAGED",
          "backup "
              + damage.backup()
              + " "
              + damage.subject()
              + ": "
              + damage.reason()
              + " ("
              + damage.key()
              + ")");
    }
    if (report.next() != null) {
      lines.line("left", "the time was up: go on with --continue " + report.next());
    }
    if (!report.foreign().isEmpty()) {
      lines.line(
          "foreign",
          count(report.foreign().size(), "object")
              + " that Varve did not put there, and leaves alone:");
      report.foreign().stream().limit(MOST_SHOWN).forEach(key -> lines.line("", key));
    }
    return lines.toString();
  }

  private static String count(int number, String word) {
    return Quantity.count(number) + " " + word + (number == 1 ? "" : "s");
  }
}
