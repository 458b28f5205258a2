package io.varve.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.api.Activity;
import io.varve.api.BackupCatalog;
import io.varve.api.JobDesk;
import io.varve.configuration.Configuration;
import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.configuration.SourceConfiguration;
import io.varve.configuration.StateMachine;
import io.varve.job.Jobs;
import io.varve.job.Order;
import io.varve.repository.BackupId;
import io.varve.repository.FailureEntry;
import io.varve.repository.JobLog;
import io.varve.repository.Json;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.Summary;
import io.varve.store.ObjectStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the API where it is a function: what is known lies in the repository, and a
 * job is an execution of a state machine. It connects to no database. Thread-safe.
 */
@Singleton
public class GatewayDesk implements JobDesk {

  private static final Logger LOG = Logger.getLogger("io.varve.gateway");

  private final Clock clock = Clock.systemUTC();
  private final BackupCatalog catalog = new BackupCatalog(clock);
  private @Nullable Parts known;

  private record Parts(
      Configuration configuration,
      StateMachine stateMachine,
      ObjectStore store,
      Repository repository) {}

  /** As soon as they can be had, and then for good. */
  private synchronized Parts parts() {
    Parts parts = known;
    if (parts == null) {
      parts = open(System.getenv());
      known = parts;
    }
    return parts;
  }

  private static Parts open(Map<String, String> environment) {
    try {
      StateMachine stateMachine = StateMachine.of(environment);
      Configuration configuration = Configuration.load(environment);
      ObjectStore store = configuration.store().open();
      try {
        return new Parts(configuration, stateMachine, store, Jobs.openOrCreate(store));
      } catch (VarveException failed) {
        store.close();
        throw failed;
      }
    } catch (VarveException failed) {
      LOG.error(failed.getMessage());
      throw new RetryLaterException(
          "use",
          "the API",
          "its configuration or store cannot be used",
          "Look at its log.",
          failed);
    }
  }

  @Override
  public Configuration configuration() {
    return parts().configuration();
  }

  @Override
  public Repository repository() {
    return parts().repository();
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
  public Optional<RequestEntry> job(String source, String job) {
    return repository().source(source).requested(job);
  }

  @Override
  public void changed(String source, Instant when) {
    catalog.changed(source, when);
  }

  @Override
  public void submit(Order order) {
    Parts parts = parts();
    order.task().requireConfigured(parts.configuration());
    Jobs jobs = new Jobs(parts.configuration(), clock);
    Request request = jobs.ask(order, jobs.open(order, parts.store()));
    if (request.entry().isOpen()) {
      begin(order, request, parts.stateMachine());
    }
  }

  private static void begin(Order order, Request request, StateMachine stateMachine) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.put("function", order.kind().word());
    input.set("event", order.fields().deepCopy().put("job", order.name()));
    try {
      stateMachine.start(order.name(), Json.write(input));
    } catch (VarveException failed) {
      if (request.entry().isOpen()) {
        request.failed(FailureEntry.of(failed)); // nobody is at work on it
      }
      LOG.error(failed.getMessage());
      throw new RetryLaterException(
          "begin", "job " + order.name(), "it could not be started", "Look at the log.", failed);
    }
  }

  /** It is at work elsewhere. */
  @Override
  public Optional<Activity> activity(String source, String job) {
    return Optional.empty();
  }

  @Override
  public List<JobLog.Line> log(String source, String job) {
    return repository().source(source).log(job);
  }

  /** Nobody here has seen one end. */
  @Override
  public Optional<Instant> verifiedRestore(String source) {
    return Optional.empty();
  }

  /** The call that is at work on it goes on to its end, and none after it. */
  @Override
  public void cancel(String source, String job) {
    Request.cancel(repository().source(source), job, clock);
  }

  @Override
  public Optional<Instant> next(String source, ScheduledKind kind) {
    SourceConfiguration configured = configuration().sources().get(source);
    ScheduleConfiguration schedule = configured == null ? null : configured.schedules().get(kind);
    return schedule == null ? Optional.empty() : schedule.timetable().firstAfter(clock.instant());
  }

  @Override
  public ScheduleEntry pause(String source, ScheduledKind kind, boolean paused) {
    throw new InvalidRequestException(
        paused ? "pause" : "resume",
        "the schedule " + kind.word() + " of " + source,
        "functions are begun by schedules of EventBridge",
        "Disable or enable it there.");
  }
}
