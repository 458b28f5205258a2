package io.varve.server;

import io.varve.job.Jobs;
import io.varve.repository.BackupId;
import io.varve.repository.Changes;
import io.varve.repository.Repository;
import io.varve.repository.Totals;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.MadeUpBackups;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A repository of more backups than anybody would wait for: their manifests alone. */
final class ManyBackups {

  private static final int HOURS_OF_A_WEEK = 168;

  /** Since when, before now, and for how long there were none. */
  private static final int GAP_BEGAN = 200;

  private static final int GAP_HOURS = 35;

  private ManyBackups() {}

  /** Backups of {@code shop}, of no tables, an hour apart up to now, but for one gap. */
  static List<BackupId> fill(Path folder, int backups) {
    List<BackupId> ids = new ArrayList<>();
    Instant first = Instant.now().minus(Duration.ofHours(backups + GAP_HOURS));
    try (ObjectStore store = Stores.open(folder.toUri().toString(), S3Options.DEFAULT);
        Repository repository = Jobs.openOrCreate(store)) {
      MadeUpBackups source = new MadeUpBackups(repository.source("shop"));
      for (int i = 0; i < backups; i++) {
        int hour = i < backups - GAP_BEGAN ? i : i + GAP_HOURS;
        Instant time = first.plus(Duration.ofHours(hour));
        BackupId parent = i % HOURS_OF_A_WEEK == 0 ? null : ids.getLast();
        long stored = 220_000_000L + i * 20_000L;
        long changed = 3_000L + Math.round(2_500 * Math.sin(i / 4.0));
        ids.add(
            source.put(
                MadeUpBackups.id(time, parent),
                parent,
                new Totals(
                    0,
                    0,
                    1_000_000L + i * 150L,
                    4 * stored,
                    stored,
                    parent == null ? 31 : 2 + changed / 2_500.0),
                new Changes(changed, changed * 200, 0, 0, 3, changed * 60, List.of())));
      }
    }
    return ids;
  }
}
