package io.varve.server;

import io.varve.codec.RowChecksum;
import io.varve.job.Jobs;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Changes;
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
import org.jspecify.annotations.Nullable;

/** A repository of more backups than anybody would wait for: their manifests alone. */
final class ManyBackups {

  private ManyBackups() {}

  private static final int HOURS_OF_A_WEEK = 168;

  /** Since when, before now, and for how long there were none. */
  private static final int GAP_BEGAN = 200;

  private static final int GAP_HOURS = 35;

  /** Backups of {@code shop}, of no tables, an hour apart up to now, but for one gap. */
  static List<BackupId> fill(Path folder, int backups) {
    List<BackupId> ids = new ArrayList<>();
    Instant first = Instant.now().minus(Duration.ofHours(backups + GAP_HOURS));
    try (ObjectStore store = Stores.open(folder.toUri().toString(), S3Options.DEFAULT);
        Repository repository = Jobs.openOrCreate(store)) {
      SourceRepository source = repository.source("shop");
      for (int i = 0; i < backups; i++) {
        boolean isFull = i % HOURS_OF_A_WEEK == 0;
        int hour = i < backups - GAP_BEGAN ? i : i + GAP_HOURS;
        BackupId id =
            BackupId.next(
                first.plus(Duration.ofHours(hour)),
                isFull ? BackupKind.FULL : BackupKind.INCREMENTAL);
        source.commit(manifest(id, i, isFull ? null : ids.getLast()));
        ids.add(id);
      }
    }
    return ids;
  }

  private static Manifest manifest(BackupId id, int number, @Nullable BackupId parent) {
    long rows = 1_000_000L + number * 150L;
    long stored = 220_000_000L + number * 20_000L;
    long changed = 3_000L + Math.round(2_500 * Math.sin(number / 4.0));
    return new Manifest(
        Repository.FORMAT,
        id,
        parent == null ? BackupKind.FULL : BackupKind.INCREMENTAL,
        parent,
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
        new Totals(0, 0, rows, 4 * stored, stored, parent == null ? 31 : 2 + changed / 2_500.0),
        List.of(),
        null,
        parent == null
            ? null
            : new Changes(changed, changed * 200, 0, 0, 3, changed * 60, List.of()),
        List.of("nightly"),
        null);
  }
}
