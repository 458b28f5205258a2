package io.varve.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.varve.job.JobKind;
import io.varve.repository.RequestEntry;
import io.varve.repository.Summary;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What monitoring asks for, as Prometheus names it: for each source the newest backup, its age and
 * size, and the jobs that run and that have ended. A source without a backup has the age of the
 * server, so that an alert on it fires. Thread-safe.
 */
@Singleton
public class Metrics {

  private final MeterRegistry registry;
  private final Map<String, Newest> newest = new ConcurrentHashMap<>();

  /** The newest backup of a source. */
  private static final class Newest {
    private volatile Instant snapshot = Instant.now();
    private volatile long storedBytes;
    private volatile long rawBytes;
    private volatile Instant restored = Instant.EPOCH;
  }

  public Metrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * A source that is to be backed up.
   *
   * @param running how many of its jobs this server works on
   */
  void watch(String source, Supplier<Number> running) {
    Newest its = newest.computeIfAbsent(source, name -> new Newest());
    Gauge.builder("varve.jobs.running", running)
        .description("Jobs that this server works on.")
        .tag("source", source)
        .register(registry);
    for (JobKind kind : JobKind.values()) {
      for (String state : List.of(RequestEntry.DONE, RequestEntry.FAILED)) {
        // what is not there before it first happens, increase() does not see happen
        ended(source, kind.word(), state);
        duration(source, kind.word(), state);
      }
    }
    gauge(
        "varve.backup.age.seconds",
        "Since the snapshot of the newest backup.",
        source,
        its,
        each -> Duration.between(each.snapshot, Instant.now()).toSeconds());
    gauge(
        "varve.backup.stored.bytes",
        "What the newest backup takes in the store.",
        source,
        its,
        each -> each.storedBytes);
    gauge(
        "varve.backup.raw.bytes",
        "The text of the rows of the newest backup.",
        source,
        its,
        each -> each.rawBytes);
    gauge(
        "varve.restore.verified.timestamp.seconds",
        "When a restore was last verified; 0 where none was.",
        source,
        its,
        each -> each.restored.getEpochSecond());
  }

  private void gauge(
      String name, String help, String source, Newest its, ToDoubleFunction<Newest> value) {
    Gauge.builder(name, its, value).description(help).tag("source", source).register(registry);
  }

  /** The newest backup of a source, as far as anybody has looked. */
  void newest(String source, Summary backup) {
    Newest its = newest.get(source);
    if (its != null) {
      its.snapshot = backup.snapshotTime();
      its.storedBytes = backup.totals().storedBytes();
      its.rawBytes = backup.totals().rawBytes();
    }
  }

  /** A job has ended. */
  void ended(String source, RequestEntry entry, Instant now) {
    ended(source, entry.function(), entry.state()).increment();
    if (entry.askedAt() != null) {
      duration(source, entry.function(), entry.state())
          .record(Duration.between(entry.askedAt(), now));
    }
    if (isVerifiedRestore(entry)) {
      restored(source, now);
    }
  }

  private Counter ended(String source, String kind, String state) {
    return Counter.builder("varve.jobs")
        .description("Jobs that have ended.")
        .tags(tags(source, kind, state))
        .register(registry);
  }

  private Timer duration(String source, String kind, String state) {
    return Timer.builder("varve.job.duration")
        .description("From when jobs were asked for to when they have ended.")
        .tags(tags(source, kind, state))
        .register(registry);
  }

  private static Tags tags(String source, String kind, String state) {
    return Tags.of("source", source, "kind", kind, "state", state);
  }

  /** A restore of a source was verified, some time. */
  void restored(String source, Instant when) {
    Newest its = newest.get(source);
    if (its != null && when.isAfter(its.restored)) {
      its.restored = when;
    }
  }

  /** When that was; empty where nothing is known of one. */
  Optional<Instant> restored(String source) {
    return Optional.ofNullable(newest.get(source))
        .map(its -> its.restored)
        .filter(when -> when.isAfter(Instant.EPOCH));
  }

  /** Whether a job has restored something, and seen that it is as the backup says. */
  static boolean isVerifiedRestore(RequestEntry entry) {
    JsonNode answer = entry.answer();
    if (answer == null || !entry.state().equals(RequestEntry.DONE)) {
      return false;
    }
    return switch (entry.function()) {
      case "restore", "drill", "finish" -> answer.path("verified").asBoolean();
      case "sync" -> answer.path("restore").path("verified").asBoolean();
      default -> false;
    };
  }
}
