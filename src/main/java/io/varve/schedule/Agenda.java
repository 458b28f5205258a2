package io.varve.schedule;

import io.varve.schedule.Schedule.Occurrence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What several schedules have come to: which moments were begun, and what begins next. A question
 * costs nothing until something is due. Holds no clock and starts nothing. Not thread-safe.
 */
public final class Agenda {

  private final Map<String, Line> lines = new TreeMap<>();

  /** A schedule and how far it is. */
  private static final class Line {
    private final Schedule schedule;
    private Instant after;
    private Optional<Occurrence> next = Optional.empty();
    private boolean isKnown;

    Line(Schedule schedule, Instant after) {
      this.schedule = schedule;
      this.after = after;
    }

    Optional<Occurrence> next(Instant now) {
      if (!isKnown) {
        next = schedule.next(after, now);
        isKnown = true;
      }
      return next;
    }

    void begun(Instant moment) {
      if (moment.isAfter(after)) {
        after = moment;
        isKnown = false;
      }
    }
  }

  /** Something that is to begin now. */
  public record Due(String name, Instant moment) {}

  /**
   * Takes a schedule in.
   *
   * @param after all its moments up to this one were begun, or came before it was known
   */
  public void add(Schedule schedule, Instant after) {
    lines.put(schedule.name(), new Line(schedule, after));
  }

  /**
   * What is to begin now, each schedule at most once. It is due until it is said to have begun.
   *
   * @param busy schedules whose last run is still at work: theirs comes when it has ended
   */
  public List<Due> due(Instant now, Predicate<String> busy) {
    List<Due> due = new ArrayList<>();
    lines.forEach(
        (name, line) -> {
          if (line.next(now).filter(next -> !next.begin().isAfter(now)).isPresent()
              && !busy.test(name)) {
            // others may have come since
            line.schedule
                .due(line.after, now)
                .ifPresent(occurrence -> due.add(new Due(name, occurrence.moment())));
          }
        });
    return due;
  }

  /** Notes that a moment was begun, here or by another server. */
  public void begun(String name, Instant moment) {
    Line line = lines.get(name);
    if (line != null) {
      line.begun(moment);
    }
  }

  /** When a schedule begins next; empty if it is not known, or never. */
  public Optional<Instant> next(String name, Instant now) {
    return Optional.ofNullable(lines.get(name))
        .flatMap(line -> line.next(now))
        .map(Occurrence::begin);
  }
}
