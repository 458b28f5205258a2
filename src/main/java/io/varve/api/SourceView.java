package io.varve.api;

import io.varve.configuration.ScheduledKind;
import io.varve.repository.Summary;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A source, as the API shows it.
 *
 * @param configured whether it can be backed up here, or has backups only
 * @param latest its newest backup; null where it has none
 * @param ageSeconds since the snapshot of that one
 * @param next begins, by kind of schedule
 */
record SourceView(
    String name,
    boolean configured,
    int backups,
    @Nullable Summary latest,
    @Nullable Long ageSeconds,
    Map<String, Instant> next) {

  static SourceView of(JobDesk desk, String name) {
    List<Summary> backups = desk.backups(name);
    Summary latest = backups.isEmpty() ? null : backups.getLast();
    Map<String, Instant> next = new TreeMap<>();
    for (ScheduledKind kind : ScheduledKind.values()) {
      desk.next(name, kind).ifPresent(begin -> next.put(kind.word(), begin));
    }
    return new SourceView(
        name,
        desk.configuration().sources().containsKey(name),
        backups.size(),
        latest,
        latest == null
            ? null
            : Duration.between(latest.snapshotTime(), Clock.systemUTC().instant()).toSeconds(),
        next);
  }
}
