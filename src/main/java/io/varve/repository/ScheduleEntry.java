package io.varve.repository;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What {@code schedules/KIND.json} says: how far a schedule is, for whichever server comes next.
 *
 * @param after all its moments up to this one were begun, or came before anyone knew of it
 * @param paused whether nothing is begun until somebody says otherwise
 */
public record ScheduleEntry(int format, Instant after, boolean paused) {

  public ScheduleEntry {
    requireNonNull(after, "after");
  }

  /** One that is first seen. */
  public static ScheduleEntry since(Instant now) {
    return new ScheduleEntry(Repository.FORMAT, now, false);
  }

  /** The name of the job that a schedule begins at a moment. */
  public static String job(String kind, Instant moment) {
    return BackupId.timeOf(moment) + "-" + kind;
  }

  /** The same when a moment was begun. */
  public ScheduleEntry begun(Instant moment) {
    return new ScheduleEntry(format, moment.isAfter(after) ? moment : after, paused);
  }

  public ScheduleEntry pausedNow() {
    return new ScheduleEntry(format, after, true);
  }

  /** The same, going on: what has passed meanwhile is not made up for. */
  public ScheduleEntry resumed(Instant now) {
    return new ScheduleEntry(format, now, false);
  }
}
