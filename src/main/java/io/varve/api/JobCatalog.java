package io.varve.api;

import io.varve.Workers;
import io.varve.repository.BackupId;
import io.varve.repository.FailureEntry;
import io.varve.repository.RequestEntry;
import io.varve.repository.SourceRepository;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of sources in the order in which they were asked for, without reading each of them: most
 * names begin with that time. Of the others it is read once. Thread-safe.
 */
@Singleton
final class JobCatalog {

  private static final int MOST_REMEMBERED = 5_000;
  private static final int MOST_READ = 1_000;
  private static final int READERS = 8;

  private final JobDesk desk;
  private final RecentlyUsed<String, Instant> asked = RecentlyUsed.ofNumber(MOST_REMEMBERED);
  private final RecentlyUsed<String, Ended> ended = RecentlyUsed.ofNumber(MOST_REMEMBERED);

  JobCatalog(JobDesk desk) {
    this.desk = desk;
  }

  /**
   * A job that has ended.
   *
   * @param changed when that was, as the listing says
   * @param backupKind that was asked for; null where it was not said
   */
  record Ended(
      String name,
      Instant changed,
      String function,
      String state,
      @Nullable Instant at,
      @Nullable String backupKind,
      @Nullable FailureEntry failure) {}

  /** A job of a listing. */
  private record Listed(String name, Instant changed, Instant asked) {}

  /** The names of all, newest first. A listing. */
  List<String> newestFirst(SourceRepository source) {
    return listed(source).stream().map(Listed::name).toList();
  }

  /**
   * Those of the newest that have ended, newest first. A listing, and a request for each new one.
   */
  List<Ended> ended(SourceRepository source, int most) {
    List<Listed> newest = listed(source).stream().limit(most).toList();
    share(
        newest.stream().filter(job -> known(source, job).isEmpty()).toList(),
        job -> read(source, job));
    return newest.stream().flatMap(job -> known(source, job).stream()).toList();
  }

  private Optional<Ended> known(SourceRepository source, Listed job) {
    return ended.find(key(source, job.name())).filter(seen -> seen.changed().equals(job.changed()));
  }

  private void read(SourceRepository source, Listed job) {
    RequestEntry entry = desk.job(source.name(), job.name()).orElse(null);
    if (entry != null && !entry.isOpen()) {
      String kind = entry.fields() == null ? "" : entry.fields().path("kind").asText("");
      ended.keep(
          key(source, job.name()),
          new Ended(
              job.name(),
              job.changed(),
              entry.function(),
              entry.state(),
              entry.changedAt(),
              kind.isEmpty() ? null : kind,
              entry.failure()));
    }
  }

  private List<Listed> listed(SourceRepository source) {
    Map<String, Instant> times = source.requestTimes();
    share(
        times.entrySet().stream()
            .filter(job -> BackupId.timeIn(job.getKey()).isEmpty())
            .sorted(Map.Entry.<String, Instant>comparingByValue().reversed())
            .limit(MOST_READ)
            .filter(job -> asked.find(key(source, job.getKey())).isEmpty())
            .toList(),
        job -> readTime(source, job));
    return times.entrySet().stream()
        .map(job -> new Listed(job.getKey(), job.getValue(), asked(source, job)))
        .sorted(Comparator.comparing(Listed::asked).thenComparing(Listed::name).reversed())
        .toList();
  }

  private Instant asked(SourceRepository source, Map.Entry<String, Instant> job) {
    return BackupId.timeIn(job.getKey())
        .or(() -> asked.find(key(source, job.getKey())))
        .orElse(job.getValue());
  }

  /** An earlier version has not written it: then it is as good as the last change. */
  private void readTime(SourceRepository source, Map.Entry<String, Instant> job) {
    desk.job(source.name(), job.getKey())
        .map(entry -> Objects.requireNonNullElse(entry.askedAt(), job.getValue()))
        .ifPresent(time -> asked.keep(key(source, job.getKey()), time));
  }

  private static String key(SourceRepository source, String name) {
    return source.name() + "/" + name;
  }

  private static <T> void share(List<T> items, Consumer<T> work) {
    if (items.size() == 1) {
      work.accept(items.getFirst());
    } else if (!items.isEmpty()) {
      Workers.share(READERS, items, work);
    }
  }
}
