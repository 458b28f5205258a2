package io.varve.server;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.api.Activity;
import io.varve.api.BackupCatalog;
import io.varve.api.JobDesk;
import io.varve.configuration.Configuration;
import io.varve.configuration.ScheduledKind;
import io.varve.job.Jobs;
import io.varve.job.Order;
import io.varve.repository.BackupId;
import io.varve.repository.JobLog;
import io.varve.repository.Repository;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.store.ObjectStore;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the server has: its configuration, one store, the queue of jobs, and the schedules. Nothing
 * of it is there until it is started. Thread-safe.
 */
@Singleton
public class Server implements JobDesk, JobListener {

  private static final Logger LOG = Logger.getLogger("io.varve.server");

  private static final Duration BETWEEN_COUNTS = Duration.ofMinutes(5);

  private static final Pattern RESTORING =
      Pattern.compile("[0-9]{8}T[0-9]{6}Z-(drill|restore|sync)(-.*)?");
  private static final int MOST_RESTORES_READ = 50;

  private final Metrics metrics;
  private final Clock clock = Clock.systemUTC();
  private final DoneJobs doneJobs = new DoneJobs();
  private final BackupCatalog catalog = new BackupCatalog(clock);
  private volatile @Nullable Parts parts;
  private volatile @Nullable Repository repository;
  private volatile Instant lookedAt = Instant.EPOCH;
  private volatile Instant countedAt = Instant.EPOCH;

  private record Parts(
      Configuration configuration,
      ObjectStore store,
      JobQueue queue,
      Scheduler scheduler,
      Webhooks webhooks,
      Optional<Traces> traces) {}

  public Server(Metrics metrics) {
    this.metrics = metrics;
  }

  /** Before the port is opened. */
  void begin(@Observes StartupEvent event) {
    ServerProgram.configuration().ifPresent(this::start);
  }

  /** Begins to serve. Makes no request: a store or database that is away may come later. */
  private void start(Configuration configuration) {
    ObjectStore store = configuration.store().open();
    JobQueue queue = new JobQueue(configuration, store, this, clock);
    for (String source : configuration.sources().keySet()) {
      metrics.watch(source, () -> queue.running(source));
    }
    parts =
        new Parts(
            configuration,
            store,
            queue,
            new Scheduler(configuration, queue, clock),
            new Webhooks(configuration.server().webhooks(), clock),
            Traces.of(ServerProgram.environment()));
  }

  private Parts parts() {
    Parts started = parts;
    if (started == null) {
      throw new RetryLaterException("use", "the server", "it is about to start", "Try again.");
    }
    return started;
  }

  /** Who is told of jobs and requests; empty where nobody wants to know. */
  Optional<Traces> traces() {
    Parts started = parts;
    return started == null ? Optional.empty() : started.traces();
  }

  @Override
  public Configuration configuration() {
    return parts().configuration();
  }

  /** Made where it is not there: a server may be there before its first backup. */
  @Override
  public Repository repository() {
    Repository known = repository;
    if (known == null) {
      known = Jobs.openOrCreate(parts().store());
      repository = known;
    }
    return known;
  }

  @Override
  public List<Summary> backups(String source) {
    return catalog.backups(repository().source(source));
  }

  @Override
  public Optional<Summary> backup(String source, BackupId id) {
    return catalog.backup(repository().source(source), id);
  }

  @Override
  public void changed(String source, Instant when) {
    catalog.changed(source, when);
  }

  @Override
  public void submit(Order order) {
    parts().queue().submit(order);
  }

  @Override
  public Optional<RequestEntry> job(String source, String job) {
    return doneJobs.find(source + "/" + job, () -> repository().source(source).requested(job));
  }

  @Override
  public Optional<Activity> activity(String source, String job) {
    return parts().queue().activity(source, job);
  }

  @Override
  public List<JobLog.Line> log(String source, String job) {
    List<JobLog.Line> lines = new ArrayList<>(repository().source(source).log(job));
    lines.addAll(parts().queue().log(source, job));
    return lines;
  }

  @Override
  public Optional<Instant> verifiedRestore(String source) {
    return metrics.restored(source);
  }

  @Override
  public void cancel(String source, String job) {
    parts().queue().cancel(repository().source(source), job);
  }

  @Override
  public Optional<Instant> next(String source, ScheduledKind kind) {
    return parts().scheduler().next(source, kind);
  }

  @Override
  public ScheduleEntry pause(String source, ScheduledKind kind, boolean paused) {
    return parts().scheduler().pause(repository(), source, kind, paused);
  }

  /** Begins what is due, and goes on with what others have left. */
  @Scheduled(every = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void tick() {
    Parts started = parts;
    if (started == null) {
      return;
    }
    try {
      started.scheduler().tick(repository());
      started.queue().again();
      look(started, clock.instant());
    } catch (VarveException away) {
      LOG.warn(away.getMessage());
    }
  }

  private void look(Parts started, Instant now) {
    if (lookedAt.plus(JobQueue.BETWEEN_LOOKS).isBefore(now)) {
      lookedAt = now;
      for (String source : started.configuration().sources().keySet()) {
        started.queue().look(repository().source(source));
      }
    }
    if (countedAt.plus(BETWEEN_COUNTS).isBefore(now)) {
      countedAt = now;
      for (String source : started.configuration().sources().keySet()) {
        countRestores(source); // another server may have done some
        count(source);
      }
    }
  }

  /**
   * When the last restore was verified that a server was asked for. Of the jobs whose names do not
   * say that they are something else, only those that changed last are read.
   */
  private void countRestores(String source) {
    SourceRepository its = repository().source(source);
    its.requestTimes().entrySet().stream()
        .filter(job -> mayRestore(job.getKey()))
        .sorted(Map.Entry.<String, Instant>comparingByValue().reversed())
        .limit(MOST_RESTORES_READ)
        .map(Map.Entry::getKey)
        .flatMap(name -> job(source, name).stream())
        .filter(Metrics::isVerifiedRestore)
        .flatMap(entry -> Optional.ofNullable(entry.changedAt()).stream())
        .findFirst()
        .ifPresent(when -> metrics.restored(source, when));
  }

  /** The name of what was asked for under a key says nothing. */
  private static boolean mayRestore(String job) {
    return RESTORING.matcher(job).matches() || BackupId.timeIn(job).isEmpty();
  }

  private void count(String source) {
    List<Summary> backups = backups(source);
    if (!backups.isEmpty()) {
      metrics.newest(source, backups.getLast());
    }
  }

  void stop(@Observes ShutdownEvent event) {
    Parts started = parts;
    if (started != null) {
      started.queue().close();
      started.webhooks().close();
      started.traces().ifPresent(Traces::close);
      started.store().close();
    }
  }

  @Override
  public void ended(String source, String job, RequestEntry entry) {
    catalog.changed(source, clock.instant());
    metrics.ended(source, entry, clock.instant());
    parts().webhooks().tell(source, job, entry);
    traces().ifPresent(traces -> traces.job(source, job, entry, clock.instant()));
    LOG.infof("%s of %s: %s", job, source, entry.state());
    count(source);
  }
}
