package io.varve.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.repository.Json;
import io.varve.testing.LambdaRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The program of api.zip, as Lambda runs it behind API Gateway: the one that the property {@code
 * varve.test.api} names. Events have the format 2.0 of HTTP APIs.
 */
final class GatewayProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_WAIT_SECONDS = 60;

  private final LambdaRuntime runtime = new LambdaRuntime();
  private final Process process;
  private final StringBuffer log = new StringBuffer();

  /** An answer, as API Gateway passes it on. */
  record Answer(int status, JsonNode headers, String body) {

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + status + " " + body, e);
      }
    }

    /** Of any case. */
    String header(String name) {
      return headers
          .propertyStream()
          .filter(each -> each.getKey().equalsIgnoreCase(name))
          .map(each -> each.getValue().asText())
          .findFirst()
          .orElse("");
    }
  }

  GatewayProcess(Map<String, String> environment) {
    try {
      // no file can be written to, as where a function has no disk
      ProcessBuilder builder =
          new ProcessBuilder(
                  "prlimit", "--fsize=0", System.getProperty("varve.test.api"), "-Xmx205m")
              .redirectErrorStream(true);
      builder.environment().put("_HANDLER", "not.used.in.provided.runtime");
      builder.environment().put("AWS_LAMBDA_RUNTIME_API", runtime.address());
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread reader = new Thread(this::readLog);
    reader.setDaemon(true);
    reader.start();
  }

  private void readLog() {
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(line -> log.append(line).append('\n'));
    } catch (IOException | UncheckedIOException e) {
      // it has been killed
    }
  }

  String log() {
    return log.toString();
  }

  Answer get(String token, String pathAndQuery) {
    return ask("GET", token, pathAndQuery, Map.of(), "");
  }

  Answer post(String token, String path, String body) {
    return ask("POST", token, path, Map.of("content-type", "application/json"), body);
  }

  /** As above. */
  Answer ask(
      String method, String token, String pathAndQuery, Map<String, String> more, String body) {
    String[] parts = pathAndQuery.split("\\?", 2);
    Map<String, String> headers = new HashMap<>(more);
    headers.put("host", "abcdef.execute-api.eu-central-1.amazonaws.com");
    headers.put("x-forwarded-proto", "https");
    if (!token.isEmpty()) {
      headers.put("authorization", "Bearer " + token);
    }
    Map<String, ?> http =
        Map.of(
            "method",
            method,
            "path",
            parts[0],
            "protocol",
            "HTTP/1.1",
            "sourceIp",
            "192.0.2.1",
            "userAgent",
            "test");
    Map<String, ?> context =
        Map.of(
            "accountId", "123456789012",
            "apiId", "abcdef",
            "domainName", "abcdef.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix", "abcdef",
            "http", http,
            "requestId", "JKJaXmPLvHcESHA=",
            "routeKey", "$default",
            "stage", "$default",
            "time", "22/Nov/2026:19:03:58 +0000",
            "timeEpoch", 1_795_374_238_390L);
    Map<String, Object> event = new HashMap<>();
    event.put("version", "2.0");
    event.put("routeKey", "$default");
    event.put("rawPath", parts[0]);
    event.put("rawQueryString", parts.length > 1 ? parts[1] : "");
    event.put("headers", headers);
    event.put("requestContext", context);
    event.put("isBase64Encoded", false);
    if (!body.isEmpty()) {
      event.put("body", body);
    }
    try {
      LambdaRuntime.Outcome outcome =
          runtime
              .deliver(UUID.randomUUID().toString(), Json.line(event), Duration.ofSeconds(30))
              .get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
      if (outcome.failed()) {
        throw new AssertionError("the function failed: " + outcome.body() + "\n" + log);
      }
      JsonNode answer = JSON.readTree(outcome.body());
      return new Answer(
          answer.path("statusCode").asInt(), answer.path("headers"), answer.path("body").asText());
    } catch (InterruptedException
        | ExecutionException
        | TimeoutException
        | IOException unanswered) {
      throw new AssertionError("no answer; the function has said:\n" + log, unanswered);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    runtime.close();
  }
}
