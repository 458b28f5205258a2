package io.varve.job;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupResult;
import io.varve.configuration.Configuration;
import io.varve.configuration.SourceConfiguration;
import io.varve.mysql.Source;
import io.varve.repository.BackupKind;
import io.varve.repository.Repository;
import io.varve.store.ObjectStore;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The function {@code backup}. */
record BackupTask(String source, BackupKind kind, Optional<String> parent, List<String> tags)
    implements Task {

  static Task read(EventFields event) {
    BackupKind kind =
        event.word("kind", "incremental", "full").equals("full")
            ? BackupKind.FULL
            : BackupKind.INCREMENTAL;
    return new BackupTask(
        event.text("source"), kind, event.optionalText("parent"), event.texts("tags"));
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    configuration.source(source);
  }

  @Override
  public Repository open(ObjectStore store) {
    return Jobs.openOrCreate(store);
  }

  @Override
  public Object run(Call call) {
    SourceConfiguration configured = call.configuration().source(source);
    List<String> all = Stream.concat(configured.tags().stream(), tags.stream()).distinct().toList();
    BackupStep step =
        new BackupStep(call, configured, new BackupBase(kind, parent, Optional.empty()), all);
    return step.committed()
        .map(report -> BackupResult.of(report, source))
        .orElseGet(
            () -> {
              try (Source opened = Source.connect(configured.settings())) {
                return BackupResult.of(step.run(opened), source);
              }
            });
  }
}
