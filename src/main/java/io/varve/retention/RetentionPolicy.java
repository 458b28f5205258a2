package io.varve.retention;

import io.varve.repository.BackupId;
import io.varve.repository.Summary;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which backups stay: the rules of restic's {@code forget}. Of each hour, day, ISO week, month and
 * year (UTC) the newest stays, for as many of them as asked for, counting only those that have one;
 * the oldest of all stays as long as a rule is not used up.
 *
 * @param last so many of the newest
 * @param within all that are at most so much older than the newest
 * @param tags all that have one of these
 */
public record RetentionPolicy(
    int last,
    int hourly,
    int daily,
    int weekly,
    int monthly,
    int yearly,
    Optional<Duration> within,
    Set<String> tags) {

  /** Whether nothing is asked for: then everything would go. */
  public boolean isEmpty() {
    return last + hourly + daily + weekly + monthly + yearly == 0
        && within.isEmpty()
        && tags.isEmpty();
  }

  /** A rule with what it has left to give. */
  private static final class Bucket {
    private final String word;
    private final Function<Instant, Object> period;
    private int left;
    private Object lastPeriod = "";

    Bucket(String word, int count, Function<Instant, Object> period) {
      this.word = word;
      this.left = count;
      this.period = period;
    }

    Optional<String> keeps(Instant time, boolean isOldest) {
      if (left == 0) {
        return Optional.empty();
      }
      Object now = period.apply(time);
      boolean isNew = !now.equals(lastPeriod);
      if (!isNew && !isOldest) {
        return Optional.empty();
      }
      lastPeriod = now;
      left--;
      return Optional.of(isNew ? word : "oldest " + word);
    }
  }

  /**
   * The backups that stay, each with the rules that keep it.
   *
   * @param backups in any order
   */
  public Map<BackupId, List<String>> kept(List<Summary> backups) {
    List<Summary> newestFirst =
        backups.stream()
            .sorted(
                Comparator.comparing(Summary::snapshotTime).thenComparing(Summary::id).reversed())
            .toList();
    int[] number = {0};
    List<Bucket> buckets =
        List.of(
            new Bucket("last", last, time -> number[0]++),
            new Bucket("hourly", hourly, time -> utc(time).withMinute(0).withSecond(0).withNano(0)),
            new Bucket("daily", daily, time -> utc(time).toLocalDate()),
            new Bucket("weekly", weekly, RetentionPolicy::week),
            new Bucket("monthly", monthly, time -> utc(time).toLocalDate().withDayOfMonth(1)),
            new Bucket("yearly", yearly, time -> utc(time).getYear()));
    Map<BackupId, List<String>> kept = new TreeMap<>();
    for (Summary backup : newestFirst) {
      List<String> reasons = new ArrayList<>();
      boolean isOldest = backup == newestFirst.getLast();
      for (Bucket bucket : buckets) {
        bucket.keeps(backup.snapshotTime(), isOldest).ifPresent(reasons::add);
      }
      within
          .map(span -> newestFirst.getFirst().snapshotTime().minus(span))
          .filter(since -> backup.snapshotTime().isAfter(since))
          .ifPresent(since -> reasons.add("within"));
      if (backup.tags() != null) {
        backup.tags().stream().filter(tags::contains).forEach(tag -> reasons.add("tag " + tag));
      }
      if (!reasons.isEmpty()) {
        kept.put(backup.id(), reasons);
      }
    }
    return kept;
  }

  private static ZonedDateTime utc(Instant time) {
    return time.atZone(ZoneOffset.UTC);
  }

  private static Object week(Instant time) {
    return List.of(
        utc(time).get(IsoFields.WEEK_BASED_YEAR), utc(time).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
  }
}
