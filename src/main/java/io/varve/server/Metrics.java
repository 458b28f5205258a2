package io.varve.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.varve.repository.RequestEntry;
import io.varve.repository.Summary;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * What monitoring asks for, as Prometheus names it: for each source the newest backup, its age and
 * size, and the jobs that have ended. A source without a backup has the age of the server, so that
 * an alert on it fires. Thread-safe.
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

  /** A source that is to be backed up. */
  void watch(String source) {
    Newest its = newest.computeIfAbsent(source, name -> new Newest());
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
    String[] tags = {"source", source, "kind", entry.function(), "state", entry.state()};
    registry.counter("varve.jobs", tags).increment();
    if (entry.askedAt() != null) {
      registry.timer("varve.job.duration", tags).record(Duration.between(entry.askedAt(), now));
    }
    if (isVerifiedRestore(entry)) {
      restored(source, now);
    }
  }

  /** A restore of a source was verified, some time. */
  void restored(String source, Instant when) {
    Newest its = newest.get(source);
    if (its != null && when.isAfter(its.restored)) {
      its.restored = when;
    }
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
