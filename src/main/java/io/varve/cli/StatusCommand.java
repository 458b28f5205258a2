package io.varve.cli;

import static java.util.Objects.requireNonNull;

import io.varve.InvalidRequestException;
import io.varve.client.ApiClient;
import io.varve.configuration.Configuration;
import io.varve.configuration.SourceConfiguration;
import io.varve.repository.Json;
import io.varve.repository.Repository;
import io.varve.status.SourceStatus;
import io.varve.status.SourceStatus.EndedJob;
import io.varve.status.SourceStatus.HowFar;
import io.varve.status.SourceStatus.NewestBackup;
import io.varve.status.SourceStatus.RunningJob;
import io.varve.status.SourceStatus.ScheduleStatus;
import io.varve.status.StatusReader;
import io.varve.status.StatusReport;
import io.varve.store.ObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve status}. */
@Command(
    name = StatusCommand.NAME,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows of each source its newest backup, what became of the last job, what is being done, and",
      "what begins next. Exit code 8 says that a source has no backup, or none that is as young as",
      "--max-age asks for, or that its last job has failed."
    },
    footer = {
      "",
      "Examples:",
      "  varve status --config varve.json",
      "  varve status --server https://varve.example.com",
      "  varve status --store s3://bucket/backups --max-age 26h --quiet"
    })
final class StatusCommand implements Callable<Integer> {

  static final String NAME = "status";

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin ClientOptions clients = new ClientOptions();

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "without a configuration: s3://bucket/prefix or file:///path")
  @Nullable String store;

  @Option(
      names = "--name",
      paramLabel = "SOURCE",
      description = "only this source; default: all of them")
  @Nullable String name;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "how old the newest backup may be: 26h, 8d")
  @Nullable Duration maxAge;

  @Mixin S3ClientOptions s3 = new S3ClientOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "the document that varve serve has, a file, ssm:NAME, secretsmanager:NAME, or {...} itself;"
            + " or a file with options"
      })
  @Nullable String config;

  @Option(names = "--json", description = "print one JSON object instead of a report")
  boolean json;

  @Option(names = "--quiet", description = "print only what is not well")
  boolean quiet;

  /** What {@code --json} prints. */
  record Result(Instant at, boolean well, List<String> problems, List<SourceStatus> sources) {}

  /** Its configuration may be a document. */
  static boolean isMeant(String... args) {
    return args.length > 0 && args[0].equals(NAME);
  }

  /** Whether what {@code --config} names is a document, and no file of options. */
  static boolean isDocument(String config) {
    if (config.startsWith("{")
        || config.startsWith("ssm:")
        || config.startsWith("secretsmanager:")) {
      return true;
    }
    try {
      return Files.readString(Path.of(config)).stripLeading().startsWith("{");
    } catch (IOException | InvalidPathException unreadable) {
      return false; // reading the options says so
    }
  }

  /** Where it is asked for. */
  private enum Place {
    SERVER,
    STORE,
    DOCUMENT
  }

  @Override
  public Integer call() {
    StatusReport report =
        switch (place()) {
          case SERVER -> ofServer(requireNonNull(clients.server));
          case STORE -> ofStore(s3.open(requireNonNull(store)), Map.of());
          case DOCUMENT -> ofDocument(requireNonNull(config));
        };
    List<String> problems = new ArrayList<>();
    for (SourceStatus source : report.sources()) {
      source
          .problems(Optional.ofNullable(maxAge))
          .forEach(problem -> problems.add(source.source() + ": " + problem));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.line(new Result(report.at(), problems.isEmpty(), problems, report.sources())));
    } else if (!quiet) {
      report.sources().forEach(source -> out.println(text(source, report.at())));
    }
    out.flush();
    problems.forEach(problem -> spec.commandLine().getErr().println("varve: " + problem));
    return problems.isEmpty() ? 0 : Failures.NOT_WELL;
  }

  /** What the command line says goes before what comes from elsewhere. */
  private Place place() {
    boolean document = config != null && isDocument(config);
    List<Place> said = new ArrayList<>();
    List<Place> known = new ArrayList<>();
    add("--server", clients.server != null, Place.SERVER, said, known);
    add("--config", document, Place.DOCUMENT, said, known);
    add("--store", store != null, Place.STORE, said, known);
    if (said.size() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--server, --store and the document of --config exclude each other");
    }
    if (known.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "say where to look: --server URL, --config DOCUMENT or --store STORE");
    }
    return said.isEmpty() ? known.getFirst() : said.getFirst();
  }

  private void add(
      String option, boolean isKnown, Place place, List<Place> said, List<Place> known) {
    if (isKnown) {
      known.add(place);
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        said.add(place);
      }
    }
  }

  private StatusReport ofServer(String url) {
    try (ApiClient client = clients.client(url)) {
      String doing = "ask for the status of the sources of";
      StatusReport all = read(client, doing);
      if (name == null) {
        return all;
      }
      List<SourceStatus> one =
          all.sources().stream().filter(source -> source.source().equals(name)).toList();
      requireNamed(!one.isEmpty(), client.server().toString());
      return new StatusReport(all.at(), one);
    }
  }

  private static StatusReport read(ApiClient client, String doing) {
    try {
      return Json.read(Json.write(client.get(doing, "/status")), StatusReport.class);
    } catch (IOException | IllegalArgumentException | NullPointerException other) {
      throw new InvalidRequestException(
          doing,
          client.server().toString(),
          "what answers there is no server of Varve, or one of another version",
          "Correct the address; its path ends before /api.",
          other);
    }
  }

  private StatusReport ofDocument(String document) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("VARVE_CONFIG", document);
    Configuration configuration = Configuration.load(environment);
    return ofStore(configuration.store().open(), configuration.sources());
  }

  private StatusReport ofStore(ObjectStore opened, Map<String, SourceConfiguration> sources) {
    try (opened) {
      Repository repository = Repository.open(opened);
      TreeSet<String> names = new TreeSet<>(repository.sources());
      names.addAll(sources.keySet());
      if (name != null) {
        requireNamed(names.contains(name), opened.location());
        names.retainAll(List.of(name));
      }
      return new StatusReader(sources, repository, StatusReader.NOTHING, Clock.systemUTC())
          .read(names);
    }
  }

  private void requireNamed(boolean isThere, String where) {
    if (!isThere) {
      throw new InvalidRequestException(
          "find the source '" + name + "' in",
          where,
          "there is none of that name",
          "Without --name all are shown.");
    }
  }

  private String text(SourceStatus source, Instant now) {
    Lines lines = Lines.of(source.source() + (source.configured() ? "" : " (not configured)"));
    NewestBackup newest = source.newest();
    if (newest == null) {
      lines.line("newest", "no backup");
    } else {
      lines
          .line("newest", newest.backupId())
          .line("age", Quantity.age(newest.ageSeconds()) + ", of " + time(newest.time()))
          .line("size", Reports.stored(newest.storedBytes(), newest.rawBytes()));
    }
    if (source.last() != null) {
      lines.line("last", text(source.last()));
    }
    for (RunningJob job : source.running()) {
      lines.line("running", text(job, now));
    }
    for (ScheduleStatus schedule : source.schedules()) {
      lines.line("next", text(schedule));
    }
    return lines.toString();
  }

  private static String text(EndedJob job) {
    return job.kind()
        + " "
        + job.state()
        + (job.at() == null ? "" : " at " + time(job.at()))
        + " ("
        + job.job()
        + ")"
        + (job.reason() == null ? "" : ": " + job.reason());
  }

  private static String text(RunningJob job, Instant now) {
    HowFar progress = job.progress();
    String since =
        job.since() == null
            ? ""
            : ", for " + Quantity.age(Math.max(0, Duration.between(job.since(), now).toSeconds()));
    String howFar =
        progress == null
            ? ""
            : ": "
                + progress.phase()
                + " "
                + Quantity.count(progress.rows())
                + " rows, "
                + Quantity.bytes(progress.bytes())
                + (progress.expectedBytes() > progress.bytes()
                    ? " of about " + Quantity.bytes(progress.expectedBytes())
                    : "");
    return job.kind() + since + " (" + job.job() + ")" + howFar;
  }

  private static String text(ScheduleStatus schedule) {
    EndedJob last = schedule.last();
    return schedule.kind()
        + " "
        + (schedule.paused()
            ? "is paused"
            : schedule.next() == null ? "never" : "at " + time(schedule.next()))
        + (last == null ? "" : ", last " + last.state())
        + (last == null || last.at() == null ? "" : " at " + time(last.at()));
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
