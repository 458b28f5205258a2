package io.varve.api;

import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.configuration.SourceConfiguration;
import io.varve.repository.BackupKind;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.schedule.MissedMoments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The histories of sources. What lies in the repository beside the backups is looked at each few
 * seconds at most, however many ask. Thread-safe.
 */
final class Histories {

  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration MISSED_WITHIN = Duration.ofDays(400);
  private static final int MOST_MISSED = 1_000;
  private static final int MOST_DELETED = 10_000;
  private static final int MOST_JOBS = 200;

  private final JobDesk desk;
  private final JobCatalog jobs;
  private final Clock clock;
  private final Map<String, Rest> rests = new ConcurrentHashMap<>();

  Histories(JobDesk desk, JobCatalog jobs, Clock clock) {
    this.desk = desk;
    this.jobs = jobs;
    this.clock = clock;
  }

  /**
   * What a history is made of.
   *
   * @param tag another one where any of it is another
   */
  record Known(
      String source,
      List<Summary> backups,
      List<History.Deleted> deleted,
      List<History.Failed> failed,
      List<Long> missed,
      String tag) {

    History history() {
      return new History(source, History.Columns.of(backups), deleted, failed, missed);
    }
  }

  /** What is known of a source beside its backups. */
  private final class Rest {
    private final Map<ScheduledKind, MissedMoments> moments = new EnumMap<>(ScheduledKind.class);
    private List<History.Deleted> deleted = List.of();
    private List<History.Failed> failed = List.of();
    private List<Long> missed = List.of();
    private Instant readAt = Instant.EPOCH;

    synchronized Known known(SourceRepository source) {
      Instant now = clock.instant();
      List<Summary> backups = desk.backups(source.name());
      if (!now.isBefore(readAt.plus(FRESH))) {
        deleted = deletedOf(source);
        failed = failedOf(source);
        missed = missedOf(source, backups, now);
        readAt = now;
      }
      return new Known(
          source.name(),
          backups,
          deleted,
          failed,
          missed,
          tag(backups, deleted.size(), failed, missed));
    }

    private List<Long> missedOf(SourceRepository source, List<Summary> backups, Instant now) {
      List<ScheduledKind> expected = expectedOf(source);
      if (backups.isEmpty() || expected.isEmpty()) {
        return List.of();
      }
      NavigableSet<Instant> done = new TreeSet<>();
      backups.forEach(backup -> done.add(backup.made()));
      Instant since = now.minus(MISSED_WITHIN);
      Instant after = done.first().isAfter(since) ? done.first() : since;
      TreeSet<Long> found = new TreeSet<>();
      for (ScheduledKind kind : expected) {
        schedule(source.name(), kind)
            .ifPresent(
                schedule ->
                    moments
                        .computeIfAbsent(kind, each -> new MissedMoments(schedule.timetable()))
                        .of(done, after, now.minus(schedule.jitter()))
                        .forEach(moment -> found.add(moment.getEpochSecond())));
      }
      return found.stream().skip(Math.max(0, found.size() - MOST_MISSED)).toList();
    }
  }

  /** What is known of a source now. */
  Known of(SourceRepository source) {
    return rests.computeIfAbsent(source.name(), name -> new Rest()).known(source);
  }

  private static List<History.Deleted> deletedOf(SourceRepository source) {
    List<History.Deleted> deleted =
        source.burials().entrySet().stream()
            .map(
                burial ->
                    new History.Deleted(
                        burial.getKey().value(),
                        burial.getKey().kind().word(),
                        burial.getKey().time(),
                        burial.getValue()))
            .toList();
    return deleted.subList(Math.max(0, deleted.size() - MOST_DELETED), deleted.size());
  }

  private List<History.Failed> failedOf(SourceRepository source) {
    return jobs.ended(source, MOST_JOBS).reversed().stream()
        .filter(job -> job.function().equals("backup"))
        .filter(job -> !job.state().equals(RequestEntry.DONE))
        .map(
            job ->
                new History.Failed(
                    job.name(),
                    job.backupKind() == null ? BackupKind.INCREMENTAL.word() : job.backupKind(),
                    job.at(),
                    job.failure() == null ? null : job.failure().error(),
                    job.failure() == null ? null : job.failure().message()))
        .toList();
  }

  private List<ScheduledKind> expectedOf(SourceRepository source) {
    return Arrays.stream(ScheduledKind.values())
        .filter(ScheduledKind::makesBackups)
        .filter(kind -> schedule(source.name(), kind).isPresent())
        .filter(kind -> source.schedule(kind.word()).filter(ScheduleEntry::paused).isEmpty())
        .toList();
  }

  private Optional<ScheduleConfiguration> schedule(String source, ScheduledKind kind) {
    SourceConfiguration configured = desk.configuration().sources().get(source);
    return configured == null
        ? Optional.empty()
        : Optional.ofNullable(configured.schedules().get(kind));
  }

  private static String tag(
      List<Summary> backups, int deleted, List<History.Failed> failed, List<Long> missed) {
    return Resource.tag(
        List.of(
            backups.isEmpty() ? "" : backups.getLast().manifestSha256(),
            Integer.toString(backups.size()),
            Integer.toString(deleted),
            Integer.toString(failed.hashCode()),
            Integer.toString(missed.hashCode())));
  }
}
