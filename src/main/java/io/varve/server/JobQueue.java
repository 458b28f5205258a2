package io.varve.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.CommitStateUnknownException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.StoppedException;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.api.Activity;
import io.varve.configuration.Configuration;
import io.varve.job.JobKind;
import io.varve.job.Jobs;
import io.varve.job.Order;
import io.varve.repository.FailureEntry;
import io.varve.repository.JobLog;
import io.varve.repository.Json;
import io.varve.repository.QueueEntry;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.repository.RequestEntry;
import io.varve.repository.SourceRepository;
import io.varve.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Does what lies in the queues of the repository, some jobs at a time. What is there stays until it
 * is done: after a crash, whichever server is there next goes on with it. Several servers may look
 * at one queue; of each job one has the lease. Thread-safe.
 */
final class JobQueue implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger("io.varve.server");

  /** Longer than a lease: that of a server that was killed must run out. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** How long another server's work may lie before this one sees it. */
  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(10));

  private static final long GRACE_SECONDS = 8;

  private final Jobs jobs;
  private final ObjectStore store;
  private final JobListener listener;
  private final ExecutorService workers;
  private final Map<Name, Work> work = new ConcurrentHashMap<>();
  private volatile boolean isEnding;

  private record Name(String source, String job) {}

  /** A job that this server works on, or waits to try again. */
  private static final class Work {
    private final JobActivity activity;
    private volatile Optional<Thread> thread = Optional.empty();
    private volatile Instant notBefore = Instant.MIN;
    private volatile boolean isTaken;
    private volatile boolean isMine;
    private int failures;

    Work(Clock clock) {
      activity = new JobActivity(clock);
    }
  }

  JobQueue(Configuration configuration, ObjectStore store, JobListener listener, Clock clock) {
    this.jobs = new Jobs(configuration, clock);
    this.store = store;
    this.listener = listener;
    this.workers =
        Executors.newFixedThreadPool(
            configuration.server().jobs(), Thread.ofPlatform().name("varve-job-", 0).factory());
  }

  /** Notes an order, and has it done unless it is. */
  void submit(Order order) {
    order.task().requireConfigured(jobs.configuration());
    Repository repository = jobs.open(order, store);
    Request request = jobs.ask(order, repository);
    if (request.entry().isOpen()) {
      repository
          .source(order.source())
          .enqueue(
              order.name(),
              new QueueEntry(
                  Repository.FORMAT, order.kind().word(), order.fields(), jobs.clock().instant()));
      take(new Name(order.source(), order.name()));
    }
  }

  Optional<Activity> activity(String source, String job) {
    return Optional.ofNullable(work.get(new Name(source, job))).map(each -> each.activity.now());
  }

  /** What a job has told that is not kept in the repository yet. */
  List<JobLog.Line> log(String source, String job) {
    Work its = work.get(new Name(source, job));
    return its == null ? List.of() : its.activity.lines();
  }

  /** How many jobs of a source this server works on. */
  long running(String source) {
    return work.entrySet().stream()
        .filter(each -> each.getKey().source().equals(source))
        .filter(each -> each.getValue().thread.isPresent())
        .count();
  }

  /** Takes up what lies in the queue of a source. A listing. */
  void look(SourceRepository source) {
    source.queue().forEach(job -> take(new Name(source.name(), job)));
  }

  /** Tries again what waits for that. */
  void again() {
    work.keySet().forEach(this::take);
  }

  private void take(Name name) {
    Work its = work.computeIfAbsent(name, each -> new Work(jobs.clock()));
    synchronized (its) {
      if (isEnding || its.isTaken || jobs.clock().instant().isBefore(its.notBefore)) {
        return;
      }
      its.isTaken = true;
    }
    workers.execute(() -> run(name, its));
  }

  private void run(Name name, Work its) {
    its.thread = Optional.of(Thread.currentThread());
    MDC.put("job", name.job());
    MDC.put("source", name.source());
    boolean isOver = true;
    try {
      isOver = !isEnding && done(name, its);
    } finally {
      its.thread = Optional.empty();
      MDC.clear();
      Thread.interrupted();
      its.isTaken = false;
      if (isOver) {
        work.remove(name);
      }
    }
  }

  /** Whether nothing is left to be done. */
  private boolean done(Name name, Work its) {
    try {
      Repository repository = Repository.open(store);
      return done(name, its, repository, repository.source(name.source()));
    } catch (VarveException away) {
      LOG.warnf("%s: %s", name.job(), away.getMessage());
      its.notBefore = jobs.clock().instant().plus(PAUSES.getFirst());
      return false;
    }
  }

  private boolean done(Name name, Work its, Repository repository, SourceRepository source) {
    try {
      Optional<QueueEntry> entry = source.queued(name.job());
      if (entry.isEmpty()) {
        return true;
      }
      Optional<Throwable> failure = performed(name, its, entry.get(), repository);
      if (failure.isPresent() && isToTryAgain(failure.get(), its)) {
        LOG.warnf("%s: %s", name.job(), failure.get().getMessage());
        return false;
      }
      failure.ifPresent(why -> note(source, name, why));
      source.dequeue(name.job());
      Optional<RequestEntry> ended = source.requested(name.job());
      ended.ifPresent(its.activity::ended);
      keepLog(source, name, its);
      ended.ifPresent(end -> listener.ended(name.source(), name.job(), end));
      return true;
    } catch (StoppedException stopped) {
      Thread.interrupted(); // else nothing could be put
      its.activity.stopped();
      keepLog(source, name, its);
      return false;
    }
  }

  /** So that it can be read when this process is gone. What fails here is no failure of the job. */
  private void keepLog(SourceRepository source, Name name, Work its) {
    List<JobLog.Line> lines = its.activity.lines();
    if (!its.isMine || lines.isEmpty()) {
      return; // whoever does it tells of it
    }
    try {
      source.addToLog(name.job(), lines);
      its.activity.forgetLines(lines.size());
    } catch (VarveException unkept) {
      LOG.warnf("%s: its log could not be kept: %s", name.job(), unkept.getMessage());
    }
  }

  /** Why it has failed; empty if it is done. */
  private Optional<Throwable> performed(
      Name name, Work its, QueueEntry entry, Repository repository) {
    try {
      ObjectNode event = entry.fields().deepCopy();
      event.put("job", name.job());
      Order order = Order.read(kind(entry), Json.write(event), name.job());
      its.isMine = false;
      jobs.perform(
          order,
          repository,
          TimeLimit.NONE,
          PATIENCE,
          its.activity,
          () -> {
            its.isMine = true;
            its.activity.begun(order.kind().word());
          });
      return Optional.empty();
    } catch (VarveException failed) {
      return Optional.of(failed);
    } catch (StoppedException stopped) {
      throw stopped;
    } catch (RuntimeException | Error defect) {
      LOG.errorf(defect, "%s: a defect in Varve. Please report it.", name.job());
      return Optional.of(defect);
    }
  }

  private static JobKind kind(QueueEntry entry) {
    return JobKind.find(entry.function())
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "do",
                    "what lies in the queue",
                    "this version of Varve has no job '" + entry.function() + "'",
                    "Another version has put it there: run that one, and ask for it again."));
  }

  private boolean isToTryAgain(Throwable failure, Work its) {
    if (!(failure instanceof RetryLaterException
        || failure instanceof CommitStateUnknownException)) {
      return false;
    }
    if (!its.isMine) {
      its.notBefore = jobs.clock().instant().plus(BETWEEN_LOOKS); // another server is at work on it
      return true;
    }
    if (its.failures == PAUSES.size()) {
      return false;
    }
    its.notBefore = jobs.clock().instant().plus(PAUSES.get(its.failures));
    its.failures++;
    its.activity.warn(String.valueOf(failure.getMessage()));
    return true;
  }

  private void note(SourceRepository source, Name name, Throwable why) {
    Request.find(source, name.job(), jobs.clock())
        .filter(request -> request.entry().isOpen())
        .ifPresent(request -> request.failed(FailureEntry.of(why)));
  }

  /** Has nobody go on with a job. */
  void cancel(SourceRepository source, String job) {
    Request.cancel(source, job, jobs.clock());
    source.dequeue(job);
    Optional.ofNullable(work.get(new Name(source.name(), job)))
        .flatMap(its -> its.thread)
        .ifPresent(Thread::interrupt);
  }

  /** Interrupts what runs, and waits some seconds, in which it says how far it came. */
  @Override
  public void close() {
    isEnding = true;
    workers.shutdown();
    work.values().forEach(its -> its.thread.ifPresent(Thread::interrupt));
    try {
      if (!workers.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("Ended before the records of all jobs could be closed.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
