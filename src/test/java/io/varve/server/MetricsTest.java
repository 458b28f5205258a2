package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.varve.repository.Json;
import io.varve.repository.RequestEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Prometheus is given, and what alerts, dashboard and docs expect of that. */
class MetricsTest {

  private static final Pattern NAME = Pattern.compile("\\bvarve_[a-z_]+");
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Metrics metrics = new Metrics(registry);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docs/server.md",
        "infra/grafana/varve.json",
        "infra/prometheus/varve.rules.yaml",
        "infra/prometheus/varve.rules.test.yaml"
      })
  void everyMetricThatIsNamedIsThere(String file) throws IOException {
    metrics.watch("shop", () -> 0);
    assertThat(names(Files.readString(Path.of(file)))).isNotEmpty().isSubsetOf(exported());
  }

  @Test
  void theDashboardShowsEveryMetric() throws IOException {
    metrics.watch("shop", () -> 0);
    assertThat(names(Files.readString(Path.of("infra/grafana/varve.json"))))
        .containsAll(exported());
  }

  @Test
  void aFirstFailureIsAStepFromNothingToOne() {
    String failures = "varve_jobs_total{kind=\"backup\",source=\"shop\",state=\"failed\",}";
    metrics.watch("shop", () -> 0);
    assertThat(registry.scrape()).contains(failures + " 0.0\n");
    metrics.ended("shop", ended("backup", RequestEntry.FAILED), NOW);
    assertThat(registry.scrape()).contains(failures + " 1.0\n");
  }

  @Test
  void aJobTakesFromWhenItWasAskedFor() {
    metrics.watch("shop", () -> 0);
    metrics.ended("shop", ended("verify", RequestEntry.DONE), NOW);
    assertThat(registry.scrape())
        .contains(
            "varve_job_duration_seconds_sum{kind=\"verify\",source=\"shop\",state=\"done\",} 90.0\n");
  }

  @Test
  void onlyARestoreThatIsDoneIsVerified() {
    String verified = "varve_restore_verified_timestamp_seconds{source=\"shop\",}";
    metrics.watch("shop", () -> 0);
    metrics.ended("shop", ended("backup", RequestEntry.DONE), NOW);
    metrics.ended("shop", ended("restore", RequestEntry.FAILED), NOW);
    assertThat(registry.scrape()).contains(verified + " 0.0\n");
    metrics.ended("shop", ended("restore", RequestEntry.DONE), NOW);
    assertThat(registry.get("varve.restore.verified.timestamp.seconds").gauge().value())
        .isEqualTo(NOW.getEpochSecond());
  }

  @Test
  void runningJobsAreCountedWhenAskedFor() {
    AtomicInteger running = new AtomicInteger();
    metrics.watch("shop", running::get);
    running.set(2);
    assertThat(registry.scrape()).contains("varve_jobs_running{source=\"shop\",} 2.0\n");
  }

  private Set<String> exported() {
    return registry
        .scrape()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf('{')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static RequestEntry ended(String function, String state) {
    Instant askedAt = NOW.minus(Duration.ofSeconds(90));
    return new RequestEntry(
        1,
        function,
        "",
        null,
        askedAt,
        state,
        0,
        null,
        null,
        null,
        null,
        Json.tree(Map.of("verified", true)),
        null,
        NOW,
        0,
        "me");
  }
}
