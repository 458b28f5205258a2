package io.varve.server;

import io.varve.codec.RowChecksum;
import io.varve.job.Jobs;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Consistency;
import io.varve.repository.Manifest;
import io.varve.repository.Repository;
import io.varve.repository.SourceInfo;
import io.varve.repository.SourceRepository;
import io.varve.repository.Totals;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A repository of more backups than anybody would wait for: their manifests alone. */
final class ManyBackups {

  private ManyBackups() {}

  /** Backups of {@code shop}, of no tables, an hour apart up to now. */
  static List<BackupId> fill(Path folder, int backups) {
    List<BackupId> ids = new ArrayList<>();
    Instant first = Instant.now().minus(Duration.ofHours(backups));
    try (ObjectStore store = Stores.open(folder.toUri().toString(), S3Options.DEFAULT);
        Repository repository = Jobs.openOrCreate(store)) {
      SourceRepository source = repository.source("shop");
      for (int i = 0; i < backups; i++) {
        BackupId id = BackupId.next(first.plus(Duration.ofHours(i)), BackupKind.FULL);
        source.commit(manifest(id, i));
        ids.add(id);
      }
    }
    return ids;
  }

  private static Manifest manifest(BackupId id, int number) {
    return new Manifest(
        Repository.FORMAT,
        id,
        BackupKind.FULL,
        null,
        "run-" + id,
        "shop",
        new SourceInfo("mariadb", "11.4.5-MariaDB", "STRICT_TRANS_TABLES", "UTC", 0),
        id.time(),
        new Consistency("single", 1, 1, List.of(), List.of(), null, null, null, null),
        "bench",
        RowChecksum.ALGORITHM,
        "none",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new Totals(
            0, 0, 1_000_000L + number * 150L, 900_000_000L + number * 90_000L, 0, 4 + number % 7),
        List.of(),
        null,
        null,
        List.of("nightly"),
        null);
  }
}
