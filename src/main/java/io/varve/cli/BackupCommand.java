package io.varve.cli;

import io.varve.backup.Backup;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupPlanner;
import io.varve.backup.BackupReport;
import io.varve.backup.BackupResult;
import io.varve.backup.PlanReport;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.JudgeBy;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.Source;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.store.StoreProbe;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code varve backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a backup of a server, of one instant, without stopping it: a full one, or one that",
      "stores only what has changed since another. Each restores alone. A run that was killed, or",
      "whose time was up, is gone on with by the next."
    },
    footer = {
      "",
      "Examples:",
      "  varve backup --store s3://bucket/backups --source mysql://backup@db.example.com --name shop",
      "  varve backup --store s3://bucket/backups --source mysql://backup@db.example.com --name shop"
          + " --incremental",
      "  varve backup --store file:///backups --source mysql://root@localhost --include 'shop.*'",
      "  varve backup --store s3://bucket --s3-endpoint http://minio:9000 --source mysql://root@db"
    })
final class BackupCommand implements Callable<Integer> {

  static final int MOST_WORKERS = 1_000;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin StoreOptions store = new StoreOptions();

  @Mixin SourceOption source = new SourceOption();

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin ServerOptions server = new ServerOptions();

  @Option(
      names = "--incremental",
      description = "store only what has changed since the newest backup; full where there is none")
  boolean incremental;

  @Option(
      names = "--parent",
      paramLabel = "ID",
      description = "with --incremental: since this backup (an id, latest, or a time)")
  @Nullable String parent;

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Option(
      names = "--continue",
      paramLabel = "TOKEN",
      description = "go on with the unfinished backup that printed this, and with no other")
  @Nullable String token;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = {
        "only cut the work into so many shares: varve work JOB does each of them, anywhere and in any"
            + " order, and varve finish JOB makes the backup"
      })
  @Nullable Integer workers;

  @Option(
      names = "--job",
      paramLabel = "JOB",
      description = "with --workers: the name for varve work and varve finish; default: a new one")
  @Nullable String job;

  @Option(
      names = "--share-snapshot",
      description =
          "with --workers: all start together and open one snapshot while the tables are locked, for"
              + " some ten milliseconds")
  boolean shareSnapshot;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "a word of yours that list shows and prune can keep by; repeatable")
  List<String> tags = List.of();

  @Option(
      names = "--judge",
      paramLabel = "WHERE",
      description =
          "who finds out whether rows have changed: server or here; default: whoever is quicker")
  @Nullable String judge;

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();

  @Option(
      names = "--part-size",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "text of rows in a part before compression, 64K to 64M; default: 32M, less where"
              + " many connections or little memory ask for it")
  @Nullable Long partSize;

  @Option(
      names = "--compression-level",
      paramLabel = "LEVEL",
      defaultValue = "1",
      description = "of zstd, 1 (fast, default) to 19 (small)")
  int compressionLevel;

  @Option(
      names = "--snapshot",
      paramLabel = "WAY",
      description =
          "gtid, binlog-status, lock-tables or single; default: the first that works here")
  @Nullable String snapshot;

  @Option(
      names = "--accounts",
      description = "back up users, roles and grants too, with the hashes of passwords")
  boolean accounts;

  @Option(
      names = "--single-writer",
      description = "only this process writes here: use a store that ignores preconditions")
  boolean singleWriter;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    int connections = parallel.connections();
    long partBytes = partSize == null ? BackupOptions.defaultPartBytes(connections) : partSize;
    if (partBytes < BackupOptions.LEAST_PART_BYTES || partBytes > BackupOptions.MOST_PART_BYTES) {
      throw new ParameterException(spec.commandLine(), "--part-size must be from 64K to 64M");
    }
    if (workers == null && (job != null || shareSnapshot)) {
      throw new ParameterException(spec.commandLine(), "--job and --share-snapshot need --workers");
    }
    if (workers != null && (workers < 1 || workers > MOST_WORKERS)) {
      throw new ParameterException(
          spec.commandLine(), "--workers must be from 1 to " + MOST_WORKERS);
    }
    if (compressionLevel < 1 || compressionLevel > 19) {
      throw new ParameterException(spec.commandLine(), "--compression-level must be from 1 to 19");
    }
    BackupOptions options =
        new BackupOptions(
            selection.selection(),
            connections,
            partBytes,
            compressionLevel,
            Optional.ofNullable(snapshot).map(SnapshotWay::parse),
            accounts,
            base(),
            judgeBy(),
            deadline.limit(),
            throttle.throttling(),
            tags);
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings settings = source.settings(server, progress);
      BackupReport report;
      String name = store.name != null ? store.name : SourceNames.of(settings.address());
      try (Source opened = Source.connect(settings);
          Repository repository =
              store.openOrCreate(
                  singleWriter ? StoreProbe.Writers.SINGLE : StoreProbe.Writers.MANY)) {
        SourceRepository backups = repository.source(name);
        if (workers != null) {
          PlanReport plan =
              new BackupPlanner(opened, backups, options, progress, Clock.systemUTC())
                  .run(
                      Optional.ofNullable(job),
                      workers,
                      shareSnapshot ? BackupPlanner.Snapshots.SHARED : BackupPlanner.Snapshots.OWN);
          progress.close();
          common.print(plan, text(plan));
          return 0;
        }
        report = new Backup(opened, backups, options, progress, Clock.systemUTC()).run();
      }
      progress.close();
      BackupResult result = BackupResult.of(report, name);
      common.print(result, text(result, Snapshots.text(report.consistency())));
    }
    return 0;
  }

  private BackupBase base() {
    if (parent != null && !incremental) {
      throw new ParameterException(spec.commandLine(), "--parent needs --incremental");
    }
    Optional<BackupId> unfinished =
        Optional.ofNullable(token)
            .map(
                text ->
                    BackupId.parse(text)
                        .orElseThrow(
                            () ->
                                new ParameterException(
                                    spec.commandLine(), "--continue must be a backup's id")));
    return new BackupBase(
        incremental ? BackupKind.INCREMENTAL : BackupKind.FULL,
        Optional.ofNullable(parent),
        unfinished);
  }

  private Optional<JudgeBy> judgeBy() {
    return switch (judge) {
      case null -> Optional.empty();
      case "server" -> Optional.of(JudgeBy.SERVER);
      case "here" -> Optional.of(JudgeBy.HERE);
      default -> throw new ParameterException(spec.commandLine(), "--judge must be server or here");
    };
  }

  private static String text(PlanReport plan) {
    return Lines.of("Job " + plan.job())
        .line("backup", plan.backup().value())
        .line("workers", plan.workers() + ", for " + plan.ranges() + " ranges")
        .line("next", "varve work " + plan.job() + " --worker 0 to " + (plan.workers() - 1))
        .line("then", "varve finish " + plan.job())
        .toString();
  }

  /**
   * The report.
   *
   * @param snapshot the way to it, in words
   */
  static String text(BackupResult result, String snapshot) {
    Lines lines =
        Lines.of("Backup " + result.backupId() + " of " + result.source())
            .line("tables", Quantity.count(result.tables()) + ", in " + result.parts() + " parts")
            .line("rows", Quantity.count(result.rows()));
    Reports.changes(
        lines, result.changes(), Optional.ofNullable(result.parent()).map(BackupId::new));
    return lines
        .line("stored", Reports.stored(result.storedBytes(), result.rawBytes()))
        .line(
            "time",
            Quantity.seconds(result.seconds())
                + ", "
                + Quantity.rate(result.rawBytes(), result.seconds()))
        .line("snapshot", snapshot)
        .toString();
  }
}
