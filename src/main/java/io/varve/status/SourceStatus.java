package io.varve.status;

import io.varve.repository.FailureEntry;
import io.varve.repository.JobEntry;
import io.varve.repository.RequestEntry;
import io.varve.repository.Summary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a source is.
 *
 * @param configured whether the configuration has it, or there was none to ask
 * @param newest its newest backup; null where it has none
 * @param last the job that ended last; null where nothing is known of one
 */
public record SourceStatus(
    String source,
    boolean configured,
    @Nullable NewestBackup newest,
    @Nullable EndedJob last,
    List<RunningJob> running,
    List<ScheduleStatus> schedules) {

  public SourceStatus {
    running = List.copyOf(running);
    schedules = List.copyOf(schedules);
  }

  /**
   * What is not as it should be: no backup or one that is too old, and jobs that have failed. A
   * backup that failed is made up for by a later one. Of a source that only the repository has,
   * nothing is expected.
   *
   * @param maxAge of the newest backup
   */
  public List<String> problems(Optional<Duration> maxAge) {
    List<String> problems = new ArrayList<>();
    if (!configured) {
      return problems;
    }
    if (newest == null) {
      problems.add("it has no backup");
    } else if (maxAge.filter(most -> newest.ageSeconds() > most.toSeconds()).isPresent()) {
      problems.add("its newest backup is older than it may be, from " + newest.time());
    }
    Stream.concat(
            Stream.ofNullable(last), schedules.stream().flatMap(s -> Stream.ofNullable(s.last())))
        .filter(job -> job.hasFailed() && !isMadeUpFor(job))
        .map(job -> job.kind() + " job " + job.job() + " failed: " + job.reason())
        .distinct()
        .forEach(problems::add);
    return problems;
  }

  private boolean isMadeUpFor(EndedJob job) {
    return job.kind().equals("backup")
        && job.at() != null
        && newest != null
        && newest.time().isAfter(job.at());
  }

  /**
   * A source's newest backup.
   *
   * @param time of its snapshot
   */
  public record NewestBackup(
      String backupId,
      String kind,
      Instant time,
      long ageSeconds,
      int tables,
      long rows,
      long rawBytes,
      long storedBytes) {

    static NewestBackup of(Summary backup, Instant now) {
      return new NewestBackup(
          backup.id().value(),
          backup.kind().word(),
          backup.snapshotTime(),
          Math.max(0, Duration.between(backup.snapshotTime(), now).toSeconds()),
          backup.totals().tables(),
          backup.totals().rows(),
          backup.totals().rawBytes(),
          backup.totals().storedBytes());
    }
  }

  /**
   * What became of a job.
   *
   * @param kind {@code backup}, {@code restore}, {@code verify}, ...
   * @param state {@code done}, {@code failed}, {@code canceled}, or {@code unfinished}: its run was
   *     stopped or killed, and another goes on with it
   * @param at when it ended
   * @param reason why it failed or was stopped; null where it was not
   */
  public record EndedJob(
      String job, String kind, String state, @Nullable Instant at, @Nullable String reason) {

    /** It was given up, and needs somebody to look. */
    public boolean hasFailed() {
      return state.equals(RequestEntry.FAILED);
    }

    static EndedJob of(String name, RequestEntry entry) {
      FailureEntry failure = entry.failure();
      return new EndedJob(
          name,
          entry.function(),
          entry.state(),
          entry.changedAt(),
          failure == null
              ? null
              : failure.message().isEmpty() ? failure.error() : failure.message());
    }

    static EndedJob of(JobEntry entry, boolean ended) {
      boolean open = !ended || entry.state().equals("stopped");
      return new EndedJob(
          entry.job(),
          entry.work(),
          open ? "unfinished" : entry.state(),
          entry.time(),
          entry.message());
    }
  }

  /**
   * A job that is being done.
   *
   * @param since when it was asked for, or begun
   * @param backupId that it makes or uses; null until that is known
   * @param progress null where nobody here knows it
   */
  public record RunningJob(
      String job,
      String kind,
      @Nullable Instant since,
      @Nullable String backupId,
      @Nullable HowFar progress) {

    RunningJob at(@Nullable HowFar newProgress) {
      return new RunningJob(job, kind, since, backupId, newProgress);
    }
  }

  /**
   * How far a job is.
   *
   * @param phase in a word
   * @param expectedBytes a guess of what {@code bytes} comes to in this phase; 0 where nobody knows
   */
  public record HowFar(String phase, long rows, long bytes, long expectedBytes) {}

  /**
   * A schedule of a source.
   *
   * @param next begin; null where it never comes, or is paused
   * @param last what became of its newest run; null where it has none, or is at work
   */
  public record ScheduleStatus(
      String kind,
      String cron,
      String timeZone,
      boolean paused,
      @Nullable Instant next,
      @Nullable EndedJob last) {}
}
