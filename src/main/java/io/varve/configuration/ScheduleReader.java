package io.varve.configuration;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.varve.WrittenDuration;
import io.varve.configuration.Section.WrongValue;
import io.varve.schedule.Timetable;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The field {@code schedules} of a source. */
final class ScheduleReader {

  private ScheduleReader() {}

  static Map<ScheduledKind, ScheduleConfiguration> read(Section source) {
    Map<ScheduledKind, ScheduleConfiguration> schedules = new EnumMap<>(ScheduledKind.class);
    source
        .sections("schedules")
        .forEach(
            (word, section) -> {
              Optional<ScheduledKind> kind = ScheduledKind.named(word);
              if (kind.isEmpty()) {
                section.refuse("is no schedule that is known: " + ScheduledKind.words());
              }
              Optional<ScheduleConfiguration> read = schedule(section);
              if (kind.isPresent() && read.isPresent()) {
                schedules.put(kind.get(), read.get());
              }
            });
    return schedules;
  }

  private static Optional<ScheduleConfiguration> schedule(Section section) {
    section.require("cron");
    String zone = section.text("timeZone", Timetable::requireZone).orElse("UTC");
    Optional<Timetable> timetable = section.text("cron", cron -> Timetable.of(cron, zone));
    Duration jitter = section.text("jitter", ScheduleReader::duration).orElse(Duration.ZERO);
    var options = section.json("options").orElseGet(JsonNodeFactory.instance::objectNode);
    section.refuseOthers();
    return timetable.map(table -> new ScheduleConfiguration(table, jitter, options));
  }

  private static Duration duration(String text) {
    return WrittenDuration.parse(text)
        .filter(duration -> duration.compareTo(Duration.ofDays(1)) <= 0)
        .orElseThrow(() -> new WrongValue("has to be a duration of a day at most, such as 10m"));
  }
}
