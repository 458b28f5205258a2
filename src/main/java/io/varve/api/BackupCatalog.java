package io.varve.api;

import io.varve.repository.BackupId;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backups of sources, as they were some seconds ago: two listings at most so often, and one
 * request for each backup that is new. Thread-safe.
 */
public final class BackupCatalog {

  private static final Duration FRESH = Duration.ofSeconds(5);

  private final Clock clock;
  private final Map<String, Listing> listings = new ConcurrentHashMap<>();

  public BackupCatalog(Clock clock) {
    this.clock = clock;
  }

  private static final class Listing {
    private final Map<BackupId, Summary> known = new HashMap<>();
    private volatile List<Summary> backups = List.of();
    private volatile Instant readAt = Instant.EPOCH;

    private boolean isFresh(Clock clock) {
      return clock.instant().isBefore(readAt.plus(FRESH));
    }

    private synchronized void refresh(SourceRepository source, Clock clock) {
      if (!isFresh(clock)) {
        Instant begun = clock.instant();
        List<Summary> now = source.backups(known);
        known.clear();
        now.forEach(summary -> known.put(summary.id(), summary));
        backups = now;
        readAt = begun;
      }
    }
  }

  /** The backups of a source, oldest first. */
  public List<Summary> backups(SourceRepository source) {
    Listing listing = listings.computeIfAbsent(source.name(), name -> new Listing());
    if (!listing.isFresh(clock)) {
      listing.refresh(source, clock);
    }
    return listing.backups;
  }

  /** Something has changed: what was read before that is old. */
  public void changed(String source, Instant when) {
    listings.computeIfPresent(
        source,
        (name, listing) -> {
          if (!listing.readAt.isAfter(when)) {
            listing.readAt = Instant.EPOCH;
          }
          return listing;
        });
  }
}
