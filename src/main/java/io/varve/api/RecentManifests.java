package io.varve.api;

import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The manifests that were asked for last, without the bounds of ranges: whoever looks at a backup
 * asks for it again and again, and it never changes. Bounded by their size in the store; the last
 * one is kept however large it is. Thread-safe.
 */
final class RecentManifests {

  private static final long MOST_BYTES = 16 << 20;

  private final RecentlyUsed<BackupId, Entry> recent = new RecentlyUsed<>(MOST_BYTES, Entry::bytes);
  private final ReentrantLock reading = new ReentrantLock();

  private record Entry(Manifest manifest, long bytes) {}

  /**
   * The manifest of a backup. A request where it was not asked for of late.
   *
   * @throws io.varve.VarveException as {@link SourceRepository#manifest}
   */
  Manifest of(SourceRepository source, Summary summary) {
    return find(summary.id())
        .orElseGet(
            () -> {
              reading.lock(); // one at a time, for its text and what is made of it are large
              try {
                return find(summary.id()).orElseGet(() -> read(source, summary));
              } finally {
                reading.unlock();
              }
            });
  }

  private Manifest read(SourceRepository source, Summary summary) {
    Manifest manifest = source.manifest(summary.id()).withoutBounds();
    recent.keep(summary.id(), new Entry(manifest, summary.manifestBytes()));
    return manifest;
  }

  private Optional<Manifest> find(BackupId id) {
    return recent.find(id).map(Entry::manifest);
  }
}
