package io.varve.job;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupReport;
import io.varve.backup.BackupResult;
import io.varve.configuration.Configuration;
import io.varve.configuration.SourceConfiguration;
import io.varve.configuration.TargetConfiguration;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.Source;
import io.varve.mysql.Target;
import io.varve.repository.Repository;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestorePlan;
import io.varve.restore.RestoreResult;
import io.varve.restore.Standby;
import io.varve.store.ObjectStore;
import java.util.Map;
import java.util.Optional;

/** The function {@code sync}: an incremental backup, then a restore of what differs. */
record SyncTask(String source, String target, Map<String, String> renames) implements Task {

  static Task read(EventFields event) {
    return new SyncTask(event.text("source"), event.text("target"), event.textsByName("renames"));
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    configuration.source(source);
    RestoreTask.requireOverwriting(configuration.target(target), target, "sync into");
  }

  @Override
  public Repository open(ObjectStore store) {
    return Jobs.openOrCreate(store);
  }

  @Override
  public Object run(Call call) {
    SourceConfiguration from = call.configuration().source(source);
    TargetConfiguration to = call.configuration().target(target);
    RestoreTask.requireOverwriting(to, target, "sync into");
    BackupStep step = new BackupStep(call, from, BackupBase.LATEST, from.tags());
    RestoreOptions restoring =
        new RestoreOptions(
            from.selection(),
            renames,
            RestoreMode.DIFF,
            to.parallel(),
            Map.of(),
            ObjectOptions.AS_THEY_WERE,
            false,
            true,
            true,
            to.throttling(),
            call.limit());
    try (Target standby = Target.connect(to.settings(), to.binaryLog())) {
      // Done again it finds nothing that differs, so its end need not be noted before its ledger
      // goes.
      Restore restore =
          new Restore(call.repository(), standby, restoring, call.progress(), call.clock());
      Optional<BackupReport> committed = step.committed();
      BackupReport backup;
      if (committed.isPresent()) {
        backup = committed.get();
      } else {
        try (Source opened = Source.connect(from.settings())) {
          Standby.requireApart(opened, standby, from.selection(), renames);
          backup = step.run(opened);
          restore.comesAfterOtherWork();
        }
      }
      RestorePlan plan = restore.plan(backup.id());
      new RestoreStep(call, standby, restoring).requireMemory(plan);
      return Map.of(
          "backup",
          BackupResult.of(backup, source),
          "restore",
          RestoreResult.of(restore.run(plan)));
    }
  }
}
