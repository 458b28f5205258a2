package io.varve.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.Version;
import io.varve.repository.Json;
import io.varve.repository.RequestEntry;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Tells a collector of OpenTelemetry of jobs and requests: spans by OTLP over HTTP, as JSON
 * (https://opentelemetry.io/docs/specs/otlp). A job waits for no collector: spans that one does not
 * take are dropped. Thread-safe.
 */
final class Traces implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger("io.varve.server");

  private static final int MOST_WAITING = 2_048;
  private static final Duration BETWEEN_SENDINGS = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int INTERNAL = 1;
  private static final int SERVER = 2;
  private static final int ERROR = 2;

  /** https://www.w3.org/TR/trace-context. */
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}");

  private final URI collector;
  private final Map<String, String> headers;
  private final Map<String, String> resource;
  private final SecureRandom random = new SecureRandom();
  private final BlockingQueue<Map<String, Object>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread sender;
  private volatile boolean isEnding;

  private Traces(URI collector, Map<String, String> headers, Map<String, String> resource) {
    this.collector = collector;
    this.headers = headers;
    this.resource = resource;
    sender = Thread.ofPlatform().name("varve-traces").daemon().start(this::sendAll);
  }

  /** As the standard variables say; empty where they name no collector. */
  static Optional<Traces> of(Map<String, String> environment) {
    if (Boolean.parseBoolean(environment.get("OTEL_SDK_DISABLED"))) {
      return Optional.empty();
    }
    return collector(environment)
        .map(
            to -> {
              Map<String, String> resource = pairs(environment, "OTEL_RESOURCE_ATTRIBUTES");
              resource.putIfAbsent("service.name", "varve");
              text(environment, "OTEL_SERVICE_NAME")
                  .ifPresent(name -> resource.put("service.name", name));
              resource.put("service.version", Version.current());
              return new Traces(to, pairs(environment, "OTEL_EXPORTER_OTLP_HEADERS"), resource);
            });
  }

  private static Optional<URI> collector(Map<String, String> environment) {
    try {
      return text(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
          .or(
              () ->
                  text(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")
                      .map(base -> base.replaceFirst("/$", "") + "/v1/traces"))
          .map(URI::create)
          .filter(uri -> uri.getHost() != null);
    } catch (IllegalArgumentException broken) {
      LOG.warn("No traces are sent: OTEL_EXPORTER_OTLP_ENDPOINT is no address.");
      return Optional.empty();
    }
  }

  private static Optional<String> text(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** {@code name=value,name=value}, percent-encoded. */
  private static Map<String, String> pairs(Map<String, String> environment, String name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String each : environment.getOrDefault(name, "").split(",", -1)) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        pairs.put(
            each.substring(0, equals).strip(),
            URLDecoder.decode(
                each.substring(equals + 1).strip().replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    }
    return pairs;
  }

  /** A job has ended. */
  void job(String source, String job, RequestEntry entry, Instant now) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("varve.source", source);
    attributes.put("varve.job", job);
    attributes.put("varve.outcome", entry.state());
    if (entry.backup() != null) {
      attributes.put("varve.backup", entry.backup().value());
    }
    JsonNode answer = entry.answer();
    if (answer != null) {
      for (String bytes : List.of("rawBytes", "bytes", "bytesRead", "deletedBytes")) {
        if (answer.path(bytes).isNumber()) {
          attributes.putIfAbsent("varve.bytes", answer.path(bytes).asLong());
        }
      }
    }
    Instant begun = entry.askedAt() == null ? now : entry.askedAt();
    boolean isFailure = entry.state().equals(RequestEntry.FAILED);
    add(entry.function(), INTERNAL, "", begun, now, attributes, isFailure);
  }

  /**
   * A request was answered.
   *
   * @param traceparent its header; empty where it has none
   */
  void request(
      String method, String path, int status, String traceparent, Instant begun, Instant now) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("http.request.method", method);
    attributes.put("url.path", path);
    attributes.put("http.response.status_code", (long) status);
    add(method, SERVER, traceparent, begun, now, attributes, status >= 500);
  }

  private void add(
      String name,
      int kind,
      String traceparent,
      Instant begun,
      Instant ended,
      Map<String, Object> attributes,
      boolean isFailure) {
    Matcher parent = TRACEPARENT.matcher(traceparent);
    Map<String, Object> span = new LinkedHashMap<>();
    if (parent.matches()) {
      span.put("traceId", parent.group(1));
      span.put("parentSpanId", parent.group(2));
    } else {
      span.put("traceId", id(16));
    }
    span.put("spanId", id(8));
    span.put("name", name);
    span.put("kind", kind);
    span.put("startTimeUnixNano", nanos(begun));
    span.put("endTimeUnixNano", nanos(ended));
    span.put("attributes", attributes(attributes));
    if (isFailure) {
      span.put("status", Map.of("code", ERROR));
    }
    waiting.offer(span); // one that finds no place is dropped
  }

  private String id(int bytes) {
    byte[] id = new byte[bytes];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static String nanos(Instant time) {
    return Long.toString(
        Math.addExact(
            Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), (long) time.getNano()));
  }

  private static List<Map<String, Object>> attributes(Map<String, ?> values) {
    List<Map<String, Object>> attributes = new ArrayList<>();
    values.forEach(
        (key, value) ->
            attributes.add(
                Map.of(
                    "key",
                    key,
                    "value",
                    value instanceof Long number
                        ? Map.of("intValue", Long.toString(number))
                        : Map.of("stringValue", String.valueOf(value)))));
    return attributes;
  }

  private void sendAll() {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build()) {
      while (!isEnding || !waiting.isEmpty()) {
        Map<String, Object> first =
            waiting.poll(BETWEEN_SENDINGS.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          List<Map<String, Object>> spans = new ArrayList<>(List.of(first));
          waiting.drainTo(spans);
          send(client, spans);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(HttpClient client, List<Map<String, Object>> spans)
      throws InterruptedException {
    Map<String, ?> scope = Map.of("scope", Map.of("name", "io.varve"), "spans", spans);
    Map<String, ?> of =
        Map.of(
            "resource", Map.of("attributes", attributes(resource)), "scopeSpans", List.of(scope));
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(collector)
              .timeout(PATIENCE)
              .header("Content-Type", "application/json");
      headers.forEach(request::header);
      int status =
          client
              .send(
                  request
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              Json.line(Map.of("resourceSpans", List.of(of)))))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
      if (status / 100 != 2) {
        LOG.warnf("%d traces were dropped: the collector answered %d.", spans.size(), status);
      }
    } catch (IOException | IllegalArgumentException away) {
      LOG.warnf("%d traces were dropped: the collector cannot be reached.", spans.size());
    }
  }

  /** Sends what waits, for some seconds. */
  @Override
  public void close() {
    isEnding = true;
    try {
      sender.join(BETWEEN_SENDINGS.plusSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
