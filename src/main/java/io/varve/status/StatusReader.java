package io.varve.status;

import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.configuration.SourceConfiguration;
import io.varve.repository.BackupId;
import io.varve.repository.JobEntry;
import io.varve.repository.JobHistory;
import io.varve.repository.JobRecord;
import io.varve.repository.ListedJob;
import io.varve.repository.PartEntry;
import io.varve.repository.Repository;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.schedule.Schedule;
import io.varve.status.SourceStatus.EndedJob;
import io.varve.status.SourceStatus.HowFar;
import io.varve.status.SourceStatus.NewestBackup;
import io.varve.status.SourceStatus.RunningJob;
import io.varve.status.SourceStatus.ScheduleStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how sources are, from what lies in the repository: some listings and some dozen
 * requests for each, however many backups and jobs there are. Writes nothing. Thread-safe.
 */
public final class StatusReader {

  /** Of jobs in the order of their last change: what is at work changes all the time. */
  private static final int MOST_READ = 20;

  /** A checkpoint comes each few seconds: of a long run, nobody reads all only to show a number. */
  private static final int MOST_PIECES = 100;

  /** A run gives a sign of life each hour. */
  private static final Duration LONGEST_SILENCE = Duration.ofHours(2);

  private final Map<String, SourceConfiguration> sources;
  private final Repository repository;
  private final Known known;
  private final Clock clock;

  /** What is known without asking the repository. */
  public interface Known {

    /** The newest backup of a source. */
    Optional<Summary> newest(SourceRepository source);

    /** How many backups a source has; empty where nobody has counted. */
    OptionalInt backups(SourceRepository source);

    /** When a restore was last verified; empty where nothing is known of one. */
    Optional<Instant> verifiedRestore(String source);

    /** What is known of what was asked for under a name. */
    Optional<RequestEntry> requested(SourceRepository source, String job);

    /** How far a job of this process is; empty for those of others. */
    Optional<HowFar> howFar(String source, String job);
  }

  /** Who knows nothing else. */
  public static final Known NOTHING =
      new Known() {
        @Override
        public Optional<Summary> newest(SourceRepository source) {
          return source.newest();
        }

        @Override
        public OptionalInt backups(SourceRepository source) {
          return OptionalInt.empty();
        }

        @Override
        public Optional<Instant> verifiedRestore(String source) {
          return Optional.empty();
        }

        @Override
        public Optional<RequestEntry> requested(SourceRepository source, String job) {
          return source.requested(job);
        }

        @Override
        public Optional<HowFar> howFar(String source, String job) {
          return Optional.empty();
        }
      };

  /**
   * @param sources those that are configured, by name
   */
  public StatusReader(
      Map<String, SourceConfiguration> sources, Repository repository, Known known, Clock clock) {
    this.sources = sources;
    this.repository = repository;
    this.known = known;
    this.clock = clock;
  }

  /** Of some sources. */
  public StatusReport read(Iterable<String> names) {
    Instant now = clock.instant();
    List<SourceStatus> found = new ArrayList<>();
    for (String name : names) {
      found.add(read(name, now));
    }
    return new StatusReport(now, found);
  }

  private SourceStatus read(String name, Instant now) {
    SourceRepository source = repository.source(name);
    SourceConfiguration configured = sources.get(name);
    Jobs jobs = new Jobs(source, now);
    Optional<Summary> newest = known.newest(source);
    NewestBackup shown = newest.map(backup -> NewestBackup.of(backup, now)).orElse(null);
    List<SourceProblems.Expected> schedules =
        configured == null ? List.of() : schedules(source, configured.schedules(), now);
    schedules.stream()
        .flatMap(schedule -> Stream.ofNullable(schedule.status().last()))
        .filter(EndedJob::hasFailed)
        .forEach(jobs::lookForLaterSuccess);
    OptionalInt backups = known.backups(source);
    boolean isConfigured = configured != null || sources.isEmpty();
    return new SourceStatus(
        name,
        isConfigured,
        backups.isPresent() ? backups.getAsInt() : null,
        shown,
        known.verifiedRestore(name).orElse(null),
        jobs.last,
        List.copyOf(jobs.running.values()),
        schedules.stream().map(SourceProblems.Expected::status).toList(),
        isConfigured
            ? SourceProblems.of(
                shown, newest.map(Summary::made).orElse(null), jobs.ended.values(), schedules, now)
            : List.of());
  }

  private List<SourceProblems.Expected> schedules(
      SourceRepository source, Map<ScheduledKind, ScheduleConfiguration> schedules, Instant now) {
    List<SourceProblems.Expected> found = new ArrayList<>();
    new TreeMap<>(schedules)
        .forEach((kind, schedule) -> found.add(schedule(source, kind, schedule, now)));
    return found;
  }

  private SourceProblems.Expected schedule(
      SourceRepository source, ScheduledKind kind, ScheduleConfiguration schedule, Instant now) {
    Optional<ScheduleEntry> entry = source.schedule(kind.word());
    return new SourceProblems.Expected(
        kind,
        schedule.timetable(),
        schedule.jitter(),
        entry.map(ScheduleEntry::after).orElse(null),
        status(source, kind, schedule, entry, now));
  }

  private ScheduleStatus status(
      SourceRepository source,
      ScheduledKind kind,
      ScheduleConfiguration schedule,
      Optional<ScheduleEntry> entry,
      Instant now) {
    boolean paused = entry.map(ScheduleEntry::paused).orElse(false);
    Instant after = entry.map(ScheduleEntry::after).orElse(now);
    String last = ScheduleEntry.job(kind.word(), after);
    return new ScheduleStatus(
        kind.word(),
        schedule.timetable().expression(),
        schedule.timetable().zone().getId(),
        paused,
        paused
            ? null
            : new Schedule(
                    source.name() + " " + kind.word(), schedule.timetable(), schedule.jitter())
                .next(after, now)
                .map(Schedule.Occurrence::begin)
                .orElse(null),
        entry
            .flatMap(begun -> known.requested(source, last))
            .filter(request -> !request.isOpen())
            .map(request -> EndedJob.of(last, request))
            .orElse(null));
  }

  /** The jobs of a source that matter now. */
  private final class Jobs {

    private final SourceRepository source;
    private final Instant now;
    private final Map<String, RunningJob> running = new LinkedHashMap<>();
    private final JobHistory history;
    private final Map<String, EndedJob> ended = new TreeMap<>(); // last of each kind
    private @Nullable EndedJob last;
    private @Nullable Instant askedFirst; // of what is at work

    Jobs(SourceRepository source, Instant now) {
      this.source = source;
      this.now = now;
      history = source.history();
      Map<String, RequestEntry> requests = new LinkedHashMap<>();
      source.queue().forEach(name -> read(name, requests));
      history.requests().stream().limit(MOST_READ).forEach(name -> read(name, requests));
      requests.forEach(this::take);
      running.values().stream()
          .map(RunningJob::since)
          .filter(Objects::nonNull)
          .min(Comparator.naturalOrder())
          .ifPresent(first -> askedFirst = first);
      for (ListedJob run : history.runs().stream().limit(MOST_READ).toList()) {
        if (!take(run)) {
          break;
        }
      }
    }

    /**
     * What failed a while ago may have been made up for, also if much else was done since. A backup
     * shows that by itself.
     */
    private void lookForLaterSuccess(EndedJob failed) {
      if (failed.kind().equals(JobKinds.BACKUP)) {
        return;
      }
      history.requests().stream()
          .takeWhile(name -> !name.equals(failed.job()))
          .filter(name -> JobKinds.mayBe(name, failed.kind()))
          .limit(MOST_READ)
          .flatMap(
              name ->
                  known.requested(source, name).stream()
                      .filter(entry -> entry.function().equals(failed.kind()))
                      .filter(entry -> entry.state().equals(RequestEntry.DONE))
                      .filter(entry -> !isDryRun(entry))
                      .map(entry -> EndedJob.of(name, entry)))
          .findFirst()
          .ifPresent(this::take);
    }

    private void read(String name, Map<String, RequestEntry> requests) {
      if (!requests.containsKey(name)) {
        known.requested(source, name).ifPresent(entry -> requests.put(name, entry));
      }
    }

    private void take(String name, RequestEntry entry) {
      if (entry.isOpen()) {
        BackupId backup = entry.backup();
        running.put(
            name,
            new RunningJob(
                name,
                entry.function(),
                entry.askedAt(),
                backup == null ? null : backup.value(),
                known.howFar(source.name(), name).orElse(null)));
      } else if (!isDryRun(entry)) {
        take(EndedJob.of(name, entry));
      }
    }

    private static boolean isDryRun(RequestEntry entry) {
      return entry.fields() != null && entry.fields().path("dryRun").asBoolean();
    }

    private void take(EndedJob job) {
      if (last == null || isLater(job, last)) {
        last = job;
      }
      if (!job.state().equals(RequestEntry.CANCELED)) {
        ended.merge(job.kind(), job, (earlier, next) -> isLater(next, earlier) ? next : earlier);
      }
    }

    private static boolean isLater(EndedJob job, EndedJob than) {
      Comparator<Instant> order = Comparator.nullsFirst(Comparator.naturalOrder());
      return order.compare(job.at(), than.at()) > 0;
    }

    /** Answers whether older runs matter as well. */
    private boolean take(ListedJob run) {
      Optional<JobEntry> newest = source.newestPiece(run);
      if (newest.isEmpty()) {
        return true;
      }
      boolean alive = !run.ended() && isAlive(run, newest.get());
      if (isOfRequest(newest.get())) {
        if (alive) {
          tellOfRequest(running(run, newest.get()));
        }
        return true;
      }
      if (alive) {
        running.put(run.id(), running(run, newest.get()));
        return true;
      }
      take(EndedJob.of(newest.get(), run.ended()));
      return false;
    }

    private void tellOfRequest(RunningJob run) {
      running.replaceAll(
          (name, job) ->
              job.progress() == null
                      && job.backupId() != null
                      && job.backupId().equals(run.backupId())
                  ? job.at(run.progress())
                  : job);
    }

    private boolean isAlive(ListedJob run, JobEntry newest) {
      return newest.work().equals("backup") || newest.work().equals("repair")
          ? source.writer(now).filter(run.id()::equals).isPresent()
          : newest.state().equals("running")
              && run.lastModified().isAfter(now.minus(LONGEST_SILENCE));
    }

    /** Runs since something was asked for that is at work are most likely its. */
    private boolean isOfRequest(JobEntry run) {
      return askedFirst != null && !run.time().isBefore(askedFirst);
    }

    private RunningJob running(ListedJob run, JobEntry newest) {
      if (run.keys().size() > MOST_PIECES) {
        return new RunningJob(run.id(), newest.work(), null, backup(newest), null);
      }
      JobRecord record = source.read(run);
      List<PartEntry> parts =
          record.ranges().stream().flatMap(range -> range.parts().stream()).toList();
      return new RunningJob(
          run.id(),
          newest.work(),
          record.pieces().isEmpty() ? null : record.pieces().getFirst().time(),
          backup(newest),
          new HowFar(
              newest.work(),
              parts.stream().mapToLong(PartEntry::rows).sum(),
              parts.stream().mapToLong(PartEntry::rawBytes).sum(),
              record.sourceBytes().orElse(0L)));
    }

    private static @Nullable String backup(JobEntry entry) {
      BackupId id = entry.ownBackup() == null ? entry.pinnedBackup() : entry.ownBackup();
      return id == null ? null : id.value();
    }
  }
}
