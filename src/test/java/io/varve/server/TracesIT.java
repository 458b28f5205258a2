package io.varve.server;

import static io.varve.server.ShopConfiguration.KEEPER;
import static io.varve.server.ShopConfiguration.READER;
import static io.varve.server.ShopConfiguration.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans, as a collector of OpenTelemetry gets them by OTLP. */
class TracesIT {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  @TempDir private Path folder;

  @Test
  void aCollectorGetsASpanOfEachJobAndRequest() throws Exception {
    List<String> taken = new CopyOnWriteArrayList<>();
    HttpServer collector = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          String key = exchange.getRequestHeaders().getFirst("api-key");
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if ("a secret".equals(key)) {
            taken.add(body);
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    Map<String, String> environment =
        ShopConfiguration.withoutDatabase(Map.of("location", folder.toUri().toString()))
            .variable(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort())
            .variable("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20secret")
            .variable("OTEL_SERVICE_NAME", "backups")
            .environment();
    try (ServerProcess serving = ServerProcess.start(environment)) {
      String job =
          serving
              .send(
                  KEEPER,
                  SHOP + "/verifications",
                  request ->
                      request
                          .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                          .header("Content-Type", "application/json")
                          .POST(
                              HttpRequest.BodyPublishers.ofString(
                                  "{\"backup\": \"20200101T000000Z-full-zzzzzz\"}")))
              .json()
              .path("id")
              .asText();
      serving.await(
          READER, SHOP + "/jobs/" + job, it -> it.path("state").asText().equals("failed"));
      JsonNode span = awaitSpan(taken, "verify");
      assertThat(attribute(span, "varve.job")).isEqualTo(job);
      assertThat(attribute(span, "varve.source")).isEqualTo("shop");
      assertThat(attribute(span, "varve.outcome")).isEqualTo("failed");
      assertThat(span.at("/status/code").asInt()).isEqualTo(2);
      assertThat(Long.parseLong(span.path("endTimeUnixNano").asText()))
          .isGreaterThan(Long.parseLong(span.path("startTimeUnixNano").asText()));
      JsonNode request = awaitSpan(taken, "POST");
      assertThat(request.path("traceId").asText()).isEqualTo(TRACE);
      assertThat(request.path("parentSpanId").asText()).isEqualTo("b7ad6b7169203331");
      assertThat(attribute(request, "http.response.status_code")).isEqualTo("202");
      assertThat(taken.getFirst()).contains("\"service.name\"", "\"backups\"");
      assertThat(String.join("", taken)).doesNotContain(KEEPER, READER);
    } finally {
      collector.stop(0);
    }
  }

  private static JsonNode awaitSpan(List<String> taken, String name) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < end) {
      for (String each : taken) {
        JsonNode spans =
            new ObjectMapper().readTree(each).at("/resourceSpans/0/scopeSpans/0/spans");
        Optional<JsonNode> found =
            StreamSupport.stream(spans.spliterator(), false)
                .filter(span -> span.path("name").asText().equals(name))
                .findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no span " + name + " in " + taken);
  }

  private static String attribute(JsonNode span, String key) {
    for (JsonNode each : span.path("attributes")) {
      if (each.path("key").asText().equals(key)) {
        return each.path("value").elements().next().asText();
      }
    }
    throw new AssertionError("no attribute " + key + " in " + span);
  }
}
