package io.varve.cli;

import io.varve.repository.BackupId;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code varve hold}. */
@Command(
    name = "hold",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Keeps a backup whatever prune is asked to keep.",
    footer = {"", "Example:", "  varve hold latest --store s3://bucket/backups"})
final class HoldCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Option(names = "--release", description = "leave it to prune again")
  boolean release;

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin CommonOptions common = new CommonOptions();

  /** What {@code --json} prints. */
  record Result(String backupId, boolean held) {}

  @Override
  public Integer call() {
    try (Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      BackupId id = source.manifest(source.resolve(which)).id();
      if (release) {
        source.release(id);
      } else {
        source.hold(id);
      }
      common.print(
          new Result(id.value(), !release),
          "Backup " + id + (release ? " is left to prune again" : " is held: prune keeps it"));
    }
    return 0;
  }
}
