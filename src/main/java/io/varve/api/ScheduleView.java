package io.varve.api;

import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule, as the API shows it.
 *
 * @param next begin; null where it never comes, or is paused
 */
record ScheduleView(
    String source,
    String kind,
    String cron,
    String timeZone,
    long jitterSeconds,
    boolean paused,
    @Nullable Instant next) {

  static ScheduleView of(
      JobDesk desk,
      String source,
      ScheduledKind kind,
      ScheduleConfiguration schedule,
      boolean paused) {
    return new ScheduleView(
        source,
        kind.word(),
        schedule.timetable().expression(),
        schedule.timetable().zone().getId(),
        schedule.jitter().toSeconds(),
        paused,
        paused ? null : desk.next(source, kind).orElse(null));
  }
}
