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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The backups of sources, as they were some seconds ago: two listings at most so often, and one
 * request for each backup that is new. While one thread looks anew, the others are shown what is
 * known, unless that is too old. Thread-safe.
 */
public final class BackupCatalog {

  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration USABLE = Duration.ofSeconds(20);

  private final Clock clock;
  private final Map<String, Listing> listings = new ConcurrentHashMap<>();

  public BackupCatalog(Clock clock) {
    this.clock = clock;
  }

  private static final class Listing {
    private volatile Map<BackupId, Summary> byId = Map.of();
    private volatile List<Summary> backups = List.of();
    private final ReentrantLock looking = new ReentrantLock();
    private volatile Instant readAt = Instant.EPOCH;
    private volatile Instant changedAt = Instant.MIN;

    private boolean isWithin(Duration age, Clock clock) {
      Instant read = readAt;
      return read.isAfter(changedAt) && clock.instant().isBefore(read.plus(age));
    }

    private void refresh(SourceRepository source, Clock clock) {
      boolean isMine = looking.tryLock();
      if (!isMine) {
        if (isWithin(USABLE, clock)) {
          return;
        }
        looking.lock();
      }
      try {
        look(source, clock);
      } finally {
        looking.unlock();
      }
    }

    private void look(SourceRepository source, Clock clock) {
      if (!isWithin(FRESH, clock)) {
        Instant begun = clock.instant();
        List<Summary> now = source.backups(byId);
        Map<BackupId, Summary> known = new HashMap<>();
        now.forEach(summary -> known.put(summary.id(), summary));
        backups = now;
        byId = known; // and not changed from here on
        readAt = begun;
      }
    }
  }

  /** The backups of a source, oldest first. */
  public List<Summary> backups(SourceRepository source) {
    return listing(source).backups;
  }

  public Optional<Summary> backup(SourceRepository source, BackupId id) {
    return Optional.ofNullable(listing(source).byId.get(id));
  }

  private Listing listing(SourceRepository source) {
    Listing listing = listings.computeIfAbsent(source.name(), name -> new Listing());
    if (!listing.isWithin(FRESH, clock)) {
      listing.refresh(source, clock);
    }
    return listing;
  }

  /** Something has changed: what was read before that is old. */
  public void changed(String source, Instant when) {
    listings.computeIfPresent(
        source,
        (name, listing) -> {
          if (listing.changedAt.isBefore(when)) {
            listing.changedAt = when;
          }
          return listing;
        });
  }
}
