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
import org.jspecify.annotations.Nullable;

/**
 * How a source is.
 *
 * @param configured whether the configuration has it, or there was none to ask
 * @param backups how many it has; null where nobody has counted
 * @param newest its newest backup; null where it has none
 * @param verifiedRestore when a restore was last verified; null where nothing is known of one
 * @param last the job that ended last; null where nothing is known of one
 * @param problems what a person has to act on, in sentences without a full stop
 */
public record SourceStatus(
    String source,
    boolean configured,
    @Nullable Integer backups,
    @Nullable NewestBackup newest,
    @Nullable Instant verifiedRestore,
    @Nullable EndedJob last,
    List<RunningJob> running,
    List<ScheduleStatus> schedules,
    List<String> problems) {

  /** Servers of earlier versions say nothing of problems. */
  @SuppressWarnings("NullAway") // what JSON lacks is null
  public SourceStatus {
    running = List.copyOf(running);
    schedules = List.copyOf(schedules);
    problems = problems == null ? List.of() : List.copyOf(problems);
  }

  /**
   * Its problems, and that its newest backup is older than it may be.
   *
   * @param maxAge of the newest backup
   */
  public List<String> problems(Optional<Duration> maxAge) {
    if (!configured
        || newest == null
        || maxAge.filter(most -> newest.ageSeconds() > most.toSeconds()).isEmpty()) {
      return problems;
    }
    List<String> all = new ArrayList<>(problems);
    all.addFirst("its newest backup is older than it may be, from " + newest.time());
    return List.copyOf(all);
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
          failure == null ? null : failure.reason());
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
