package io.varve.server;

import io.varve.InvalidRequestException;
import io.varve.VarveException;
import io.varve.configuration.Configuration;
import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.job.Order;
import io.varve.repository.Repository;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SourceRepository;
import io.varve.schedule.Agenda;
import io.varve.schedule.Schedule;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Begins what is due. A job has the name of its schedule and moment, so however many servers begin
 * it, it is one; and how far each schedule is stands in the repository, so a server that comes
 * later makes up for what was missed. Thread-safe.
 */
final class Scheduler {

  private static final Logger LOG = Logger.getLogger("io.varve.server");

  private final JobQueue queue;
  private final Clock clock;
  private final Map<String, Line> lines;
  private final Agenda agenda = new Agenda();

  /** A schedule of a source. */
  private static final class Line {
    private final String source;
    private final ScheduledKind kind;
    private final ScheduleConfiguration configuration;
    private Optional<ScheduleEntry> entry = Optional.empty();

    Line(String source, ScheduledKind kind, ScheduleConfiguration configuration) {
      this.source = source;
      this.kind = kind;
      this.configuration = configuration;
    }
  }

  /**
   * Looks at all schedules of a configuration.
   *
   * @throws io.varve.InvalidRequestException if what one would begin is not possible in itself
   */
  static void requirePossible(Configuration configuration) {
    lines(configuration).values().forEach(line -> requirePossible(configuration, line));
  }

  private static void requirePossible(Configuration configuration, Line line) {
    try {
      order(line, Instant.EPOCH).task().requireConfigured(configuration);
    } catch (InvalidRequestException wrong) {
      throw new InvalidRequestException(
          "use",
          "sources." + line.source + ".schedules." + line.kind.word() + ".options",
          wrong.reason(),
          "They are the fields of the event of that function: docs/functions.md.",
          wrong);
    }
  }

  /** Of all schedules of a configuration. */
  Scheduler(Configuration configuration, JobQueue queue, Clock clock) {
    this.queue = queue;
    this.clock = clock;
    this.lines = lines(configuration);
  }

  private static Map<String, Line> lines(Configuration configuration) {
    Map<String, Line> lines = new HashMap<>();
    configuration
        .sources()
        .forEach(
            (source, each) ->
                each.schedules()
                    .forEach(
                        (kind, schedule) ->
                            lines.put(name(source, kind), new Line(source, kind, schedule))));
    return lines;
  }

  private static String name(String source, ScheduledKind kind) {
    return source + " " + kind.word();
  }

  /**
   * Begins what is due now.
   *
   * @throws VarveException if the store does not answer: what is due stays so
   */
  synchronized void tick(Repository repository) {
    Instant now = clock.instant();
    for (Map.Entry<String, Line> each : lines.entrySet()) {
      if (each.getValue().entry.isEmpty()) {
        read(each.getKey(), each.getValue(), repository, now);
      }
    }
    for (Agenda.Due due : agenda.due(now, name -> line(name).entry.orElseThrow().paused())) {
      begin(due, repository, now);
    }
  }

  private Line line(String name) {
    return Objects.requireNonNull(lines.get(name), name);
  }

  private void read(String name, Line line, Repository repository, Instant now) {
    ScheduleEntry entry =
        repository
            .source(line.source)
            .changeSchedule(line.kind.word(), () -> ScheduleEntry.since(now), known -> known);
    know(name, line, entry);
  }

  private void know(String name, Line line, ScheduleEntry entry) {
    line.entry = Optional.of(entry);
    agenda.add(
        new Schedule(name, line.configuration.timetable(), line.configuration.jitter()),
        entry.after());
  }

  private void begin(Agenda.Due due, Repository repository, Instant now) {
    Line line = line(due.name());
    SourceRepository source = repository.source(line.source);
    read(
        due.name(), line, repository, now); // another server may have been first, or have paused it
    ScheduleEntry entry = line.entry.orElseThrow();
    if (entry.paused() || !due.moment().isAfter(entry.after())) {
      return;
    }
    if (source.requested(job(line, entry.after())).filter(RequestEntry::isOpen).isPresent()) {
      return; // its last run is still at work: this moment comes after it
    }
    Order order = order(line, due.moment());
    try {
      LOG.infof("%s begins", order.name());
      queue.submit(order);
    } catch (InvalidRequestException never) {
      LOG.errorf("%s cannot begin: %s", order.name(), never.getMessage()); // nor later
    }
    line.entry =
        Optional.of(
            source.changeSchedule(
                line.kind.word(),
                () -> ScheduleEntry.since(now),
                known -> known.begun(due.moment())));
    agenda.begun(due.name(), due.moment());
  }

  private static String job(Line line, Instant moment) {
    return ScheduleEntry.job(line.kind.word(), moment);
  }

  private static Order order(Line line, Instant moment) {
    return Order.scheduled(line.source, line.kind, line.configuration, job(line, moment));
  }

  /** When a schedule begins next; empty where it is not known yet, paused, or never does. */
  synchronized Optional<Instant> next(String source, ScheduledKind kind) {
    Line line = lines.get(name(source, kind));
    if (line == null || line.entry.filter(entry -> !entry.paused()).isEmpty()) {
      return Optional.empty();
    }
    return agenda.next(name(source, kind), clock.instant());
  }

  synchronized ScheduleEntry pause(
      Repository repository, String source, ScheduledKind kind, boolean paused) {
    Line line = line(name(source, kind));
    Instant now = clock.instant();
    ScheduleEntry entry =
        repository
            .source(source)
            .changeSchedule(
                kind.word(),
                () -> ScheduleEntry.since(now),
                known ->
                    known.paused() == paused
                        ? known
                        : paused ? known.pausedNow() : known.resumed(now));
    know(name(source, kind), line, entry);
    return entry;
  }
}
