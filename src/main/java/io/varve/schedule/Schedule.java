package io.varve.schedule;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * When something of a name begins: at each moment of a timetable, or somewhat later, so that not
 * everything that has the same timetable begins at once. Immutable; knows no clock.
 *
 * @param name of what begins; two names are late by different times
 * @param jitter how late a begin may be; each moment's is always the same
 */
public record Schedule(String name, Timetable timetable, Duration jitter) {

  /**
   * A moment that is due, and when it is.
   *
   * @param moment of the timetable
   * @param begin not before it
   */
  public record Occurrence(Instant moment, Instant begin) {}

  /**
   * What is to begin now: the newest moment that has come. Those before it that were missed, as no
   * server was there or one run was still at work, are made up for by it alone.
   *
   * @param after all up to this one were begun, or were before anyone knew the schedule
   */
  public Optional<Occurrence> due(Instant after, Instant now) {
    return newest(after, now).filter(occurrence -> !occurrence.begin().isAfter(now));
  }

  /**
   * What begins next; it is due, if its begin has passed. Empty if nothing ever comes.
   *
   * @param after as for {@link #due}
   */
  public Optional<Occurrence> next(Instant after, Instant now) {
    return newest(after, now)
        .or(() -> timetable.firstAfter(after.isAfter(now) ? after : now).map(this::occurrence));
  }

  /** Of the moments that have come the newest whose begin has too; else the oldest. */
  private Optional<Occurrence> newest(Instant after, Instant now) {
    Optional<Occurrence> found = Optional.empty();
    Optional<Instant> moment = timetable.lastUpTo(now);
    while (moment.isPresent() && moment.get().isAfter(after)) {
      Occurrence occurrence = occurrence(moment.get());
      found = Optional.of(occurrence);
      if (!occurrence.begin().isAfter(now)) {
        break;
      }
      moment = timetable.lastUpTo(moment.get().minusNanos(1));
    }
    return found;
  }

  private Occurrence occurrence(Instant moment) {
    return new Occurrence(moment, moment.plus(delay(moment)));
  }

  private Duration delay(Instant moment) {
    if (jitter.isZero()) {
      return Duration.ZERO;
    }
    CRC32 spread = new CRC32();
    spread.update((name + " " + moment).getBytes(StandardCharsets.UTF_8));
    return Duration.ofSeconds(spread.getValue() % Math.max(1, jitter.toSeconds()));
  }
}
