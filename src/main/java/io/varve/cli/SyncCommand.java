package io.varve.cli;

import io.varve.ContinueException;
import io.varve.TimeLimit;
import io.varve.backup.Backup;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.backup.BackupResult;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreResult;
import io.varve.restore.Standby;
import io.varve.store.StoreProbe;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code varve sync}. */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Brings a standby up to the source: an incremental backup, then a restore of what differs.",
      "The standby's schemas become what the source's are: tables that only it has are dropped."
    },
    footer = {
      "",
      "Example:",
      "  varve sync --source mysql://backup@db --target mysql://root@standby --store s3://bucket/b"
    })
final class SyncCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();

  @Mixin SourceOption source = new SourceOption();

  @Mixin TargetOption target = new TargetOption();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin RenameOption rename = new RenameOption();

  @Mixin ServerOptions server = new ServerOptions();

  @Mixin ParallelOption parallel = new ParallelOption();

  @Mixin ThrottleOptions throttle = new ThrottleOptions();

  @Mixin DeadlineOption deadline = new DeadlineOption();

  @Option(
      names = "--no-binary-log",
      description = "keep what is written out of the standby's binary log")
  boolean noBinaryLog;

  @Mixin CommonOptions common = new CommonOptions();

  /** What {@code --json} prints. */
  record Result(BackupResult backup, RestoreResult restore) {}

  static String text(Result result, String snapshot, String standby) {
    return BackupCommand.text(result.backup(), snapshot)
        + System.lineSeparator()
        + RestoreCommand.text(result.restore(), standby);
  }

  @Override
  public Integer call() {
    TimeLimit limit = deadline.limit();
    int connections = parallel.connections();
    BackupOptions backing =
        new BackupOptions(
                selection.selection(),
                connections,
                BackupOptions.defaultPartBytes(connections),
                1,
                Optional.empty())
            .on(BackupBase.LATEST)
            .throttled(throttle.throttling())
            .until(limit);
    RestoreOptions restoring =
        new RestoreOptions(
            selection.selection(),
            rename.renames(),
            RestoreMode.DIFF,
            connections,
            Map.of(),
            ObjectOptions.AS_THEY_WERE,
            false,
            true,
            true,
            throttle.throttling(),
            limit);
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings from = source.settings(server, progress);
      ConnectionSettings to = target.settings(server, progress);
      String name = store.name != null ? store.name : SourceNames.of(from.address());
      try (Repository repository = store.openOrCreate(StoreProbe.Writers.MANY);
          Target standby =
              Target.connect(to, noBinaryLog ? Target.BinaryLog.OFF : Target.BinaryLog.ON)) {
        SourceRepository backups = repository.source(name);
        Restore restore = new Restore(backups, standby, restoring, progress, Clock.systemUTC());
        BackupReport backup;
        try (Source opened = Source.connect(from)) {
          Set<String> schemas = schemas(opened);
          Standby.requireApart(opened, standby, selection.selection(), rename.renames());
          Optional<BackupId> unfinished =
              limit == TimeLimit.NONE ? Optional.empty() : restore.unfinished(onStandby(schemas));
          if (unfinished.isPresent()) {
            progress.warn("goes on with bringing the standby to backup " + unfinished.get());
            backup = BackupReport.of(backups.manifest(unfinished.get()));
          } else {
            backup = new Backup(opened, backups, backing, progress, Clock.systemUTC()).run();
            restore.comesAfterOtherWork();
          }
        }
        Result result =
            new Result(
                BackupResult.of(backup, name),
                RestoreResult.of(restore.run(restore.plan(backup.id()))));
        progress.close();
        common.print(result, text(result, Snapshots.text(backup.consistency()), standby.address()));
      }
    } catch (ContinueException next) {
      throw next.hinting("Call it again with the same options: it goes on where it stopped.");
    }
    return 0;
  }

  private Set<String> schemas(Source opened) {
    return opened.catalog(selection.selection()).schemas().stream()
        .map(SchemaDefinition::name)
        .collect(Collectors.toSet());
  }

  private Set<String> onStandby(Set<String> schemas) {
    return schemas.stream()
        .map(schema -> rename.renames().getOrDefault(schema, schema))
        .collect(Collectors.toSet());
  }
}
