package io.varve.server;

import io.varve.repository.BackupId;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backups of sources, as they were some seconds ago: two listings at most so often, and one
 * request for each backup that is new. Thread-safe.
 */
final class BackupCatalog {

  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Map<String, Listing> listings = new ConcurrentHashMap<>();

  private static final class Listing {
    private final Map<BackupId, Summary> known = new HashMap<>();
    private volatile List<Summary> backups = List.of();
    private volatile long read = System.nanoTime() - FRESH_NANOS;

    private boolean isFresh() {
      return System.nanoTime() - read < FRESH_NANOS;
    }

    private synchronized void refresh(SourceRepository source) {
      if (!isFresh()) {
        List<Summary> now = source.backups(known);
        known.clear();
        now.forEach(summary -> known.put(summary.id(), summary));
        backups = now;
        read = System.nanoTime();
      }
    }
  }

  List<Summary> backups(SourceRepository source) {
    Listing listing = listings.computeIfAbsent(source.name(), name -> new Listing());
    if (!listing.isFresh()) {
      listing.refresh(source);
    }
    return listing.backups;
  }

  /** Something has changed: the next question looks again. */
  void forget(String source) {
    listings.computeIfPresent(
        source,
        (name, listing) -> {
          listing.read = System.nanoTime() - FRESH_NANOS;
          return listing;
        });
  }
}
