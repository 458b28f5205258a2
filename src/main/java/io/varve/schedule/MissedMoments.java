package io.varve.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The moments of a timetable at which something was to be done, and was not before the next moment.
 * The moments that were found once are kept, for there may be thousands. Thread-safe.
 */
public final class MissedMoments {

  /** A timetable of every minute has as many in two weeks; older ones are not looked at. */
  private static final int MOST = 20_000;

  private final Timetable timetable;
  private final NavigableSet<Instant> moments = new TreeSet<>();
  private Instant from = Instant.MAX;
  private Instant until = Instant.MIN;

  public MissedMoments(Timetable timetable) {
    this.timetable = timetable;
  }

  /**
   * Finds them.
   *
   * @param done when it was done
   * @param after only moments after this one
   * @param now a moment is missed once the one that follows it has come
   * @return oldest first
   */
  public synchronized List<Instant> of(NavigableSet<Instant> done, Instant after, Instant now) {
    extend(after, now);
    List<Instant> missed = new ArrayList<>();
    Iterator<Instant> moment = moments.subSet(after, false, now, true).iterator();
    Optional<Instant> due = next(moment);
    while (due.isPresent()) {
      Optional<Instant> following = next(moment);
      if (following.isPresent() && done.subSet(due.get(), following.get()).isEmpty()) {
        missed.add(due.get());
      }
      due = following;
    }
    return List.copyOf(missed);
  }

  private static Optional<Instant> next(Iterator<Instant> moments) {
    return moments.hasNext() ? Optional.of(moments.next()) : Optional.empty();
  }

  private void extend(Instant after, Instant now) {
    if (moments.isEmpty()) {
      from = now;
      until = now;
    }
    Optional<Instant> next = timetable.firstAfter(until);
    while (next.isPresent() && !next.get().isAfter(now)) {
      moments.add(next.get());
      next = timetable.firstAfter(next.get());
    }
    until = now.isAfter(until) ? now : until;
    Optional<Instant> last = timetable.lastUpTo(from);
    while (last.isPresent() && last.get().isAfter(after) && moments.size() < MOST) {
      moments.add(last.get());
      from = last.get().minusNanos(1);
      last = timetable.lastUpTo(from);
    }
    while (moments.size() > MOST) {
      moments.pollFirst();
    }
  }
}
