package io.varve.cli;

import io.varve.backup.Backup;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.store.StoreProbe;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin StoreOptions store = new StoreOptions();

  @Option(
      names = "--source",
      required = true,
      paramLabel = "URI",
      description = "mysql://user@host:port")
  String source = "";

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
      description = "a schema that has another name on the standby; repeatable")
  Map<String, String> renames = Map.of();

  @Mixin ServerOptions server = new ServerOptions();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "connections that work side by side; default: one per core, 2 to 8")
  @Nullable Integer parallel;

  @Option(
      names = "--no-binary-log",
      description = "keep what is written out of the standby's binary log")
  boolean noBinaryLog;

  @Mixin CommonOptions common = new CommonOptions();

  /** What {@code --json} prints. */
  record Result(BackupCommand.Result backup, RestoreCommand.Result restore) {}

  @Override
  public Integer call() {
    int connections = Parallel.of(parallel, spec);
    BackupOptions backing =
        new BackupOptions(
                selection.selection(),
                connections,
                BackupOptions.defaultPartBytes(connections),
                1,
                Optional.empty())
            .on(BackupBase.LATEST);
    RestoreOptions restoring =
        new RestoreOptions(
            selection.selection(),
            renames,
            RestoreMode.DIFF,
            connections,
            Map.of(),
            ObjectOptions.AS_THEY_WERE,
            false,
            true,
            true);
    try (ConsoleProgress progress = common.progress()) {
      ConnectionSettings from =
          server.settings(source, "VARVE_SOURCE_PASSWORD", System.getenv(), progress::warn);
      ConnectionSettings to =
          server.settings(target, "VARVE_TARGET_PASSWORD", System.getenv(), progress::warn);
      String name = store.name != null ? store.name : SourceNames.of(from.address());
      try (Repository repository = store.openOrCreate(StoreProbe.Writers.MANY);
          Target standby =
              Target.connect(to, noBinaryLog ? Target.BinaryLog.OFF : Target.BinaryLog.ON)) {
        SourceRepository backups = repository.source(name);
        BackupReport backup;
        try (Source opened = Source.connect(from)) {
          backup = new Backup(opened, backups, backing, progress, Clock.systemUTC()).run();
        }
        Restore restore = new Restore(backups, standby, restoring, progress, Clock.systemUTC());
        RestoreReport restored = restore.run(restore.plan(backup.id()));
        progress.close();
        common.print(
            new Result(BackupCommand.Result.of(backup, name), RestoreCommand.Result.of(restored)),
            BackupCommand.text(backup, name)
                + System.lineSeparator()
                + RestoreCommand.text(restored, standby.address()));
      }
    }
    return 0;
  }
}
