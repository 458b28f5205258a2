package io.varve.status;

import io.varve.configuration.ScheduledKind;
import io.varve.schedule.Timetable;
import io.varve.status.SourceStatus.EndedJob;
import io.varve.status.SourceStatus.NewestBackup;
import io.varve.status.SourceStatus.ScheduleStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is not as it should be with a source, so that a person has to act: no backup, one that is
 * late by its own schedules, and jobs that have failed. A backup that failed is made up for by any
 * later one, another job by a later one of its kind.
 */
final class SourceProblems {

  private final @Nullable NewestBackup newest;
  private final List<String> problems = new ArrayList<>();

  private SourceProblems(@Nullable NewestBackup newest) {
    this.newest = newest;
  }

  /**
   * A schedule of the source.
   *
   * @param known how far it is; null where nobody has seen it
   */
  record Expected(
      ScheduledKind kind,
      Timetable timetable,
      Duration jitter,
      @Nullable Instant known,
      ScheduleStatus status) {

    /** The moment that was missed by what was to be kept; empty where none was. */
    Optional<Instant> missedSince(Instant done, Instant now) {
      return timetable.missedSince(begin(done), now.minus(jitter));
    }

    /** Nothing was due before somebody knew of it, or had it go on: that is at no moment of it. */
    private Instant begin(Instant done) {
      return known != null
              && known.isAfter(done)
              && timetable.lastUpTo(known).filter(known::equals).isEmpty()
          ? known
          : done;
    }
  }

  /**
   * All of a source.
   *
   * @param done when the newest backup was made, by the clock of who made it; null where there is
   *     none
   * @param ended of each kind of job the one that ended last
   */
  static List<String> of(
      @Nullable NewestBackup newest,
      @Nullable Instant done,
      Collection<EndedJob> ended,
      List<Expected> expected,
      Instant now) {
    SourceProblems found = new SourceProblems(newest);
    if (newest == null || done == null) {
      found.problems.add("it has no backup");
    } else {
      found.lookForDelay(done, expected, now);
    }
    found.lookForFailures(ended, expected);
    return List.copyOf(found.problems);
  }

  private void lookForDelay(Instant done, List<Expected> expected, Instant now) {
    expected.stream()
        .filter(each -> each.kind().makesBackups() && !each.status().paused())
        .flatMap(each -> each.missedSince(done, now).stream())
        .min(Instant::compareTo)
        .ifPresent(
            due ->
                problems.add(
                    "its newest backup is late: none came that was due at "
                        + due
                        + ", nor at the moment after it"));
  }

  private void lookForFailures(Collection<EndedJob> ended, List<Expected> expected) {
    Stream.concat(
            ended.stream(),
            expected.stream().flatMap(each -> Stream.ofNullable(each.status().last())))
        .filter(job -> job.hasFailed() && !isMadeUpFor(job, ended))
        .map(job -> job.kind() + " job " + job.job() + " failed: " + job.reason())
        .distinct()
        .forEach(problems::add);
  }

  private boolean isMadeUpFor(EndedJob failed, Collection<EndedJob> ended) {
    Instant at = failed.at();
    if (at == null) {
      return false;
    }
    boolean isBackedUp =
        failed.kind().equals("backup") && newest != null && newest.time().isAfter(at);
    return isBackedUp
        || ended.stream()
            .filter(job -> job.kind().equals(failed.kind()) && job.state().equals("done"))
            .anyMatch(job -> job.at() != null && job.at().isAfter(at));
  }
}
