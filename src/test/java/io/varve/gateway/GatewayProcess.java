package io.varve.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.repository.Json;
import io.varve.testing.LambdaRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
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
    Map<String, String> headers = new HashMap<>(more);
    if (!token.isEmpty()) {
      headers.put("authorization", "Bearer " + token);
    }
    return ask(method, pathAndQuery, headers, body, Map.of());
  }

  /** Signed with credentials of AWS, as an authorizer of IAM lets it through. */
  Answer signed(String userArn, String method, String pathAndQuery, String body) {
    Map<String, String> headers = new HashMap<>();
    headers.put(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261122/eu-central-1/execute-api/aws4_request,"
            + " SignedHeaders=host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6");
    headers.put("content-type", "application/json");
    headers.put("x-amz-date", "20261122T190358Z");
    Map<String, Object> iam = new HashMap<>();
    iam.put("accessKey", "ASIAEXAMPLE");
    iam.put("accountId", "123456789012");
    iam.put("callerId", "AROAEXAMPLE:ann");
    iam.put("cognitoIdentity", null);
    iam.put("principalOrgId", "o-example");
    iam.put("userArn", userArn);
    iam.put("userId", "AROAEXAMPLE:ann");
    return ask(method, pathAndQuery, headers, body, Map.of("iam", iam));
  }

  /** With a token of an issuer, as an authorizer of JWTs lets it through. */
  Answer withJwt(
      String token, Map<String, String> claims, String method, String pathAndQuery, String body) {
    Map<String, Object> jwt = new HashMap<>();
    jwt.put("claims", claims);
    jwt.put("scopes", null);
    return ask(
        method,
        pathAndQuery,
        Map.of("authorization", "Bearer " + token, "content-type", "application/json"),
        body,
        Map.of("jwt", jwt));
  }

  /**
   * @param authorizer what the authorizer of API Gateway has found; empty where there is none. A
   *     body goes in base64 then, as API Gateway may send any
   */
  private Answer ask(
      String method,
      String pathAndQuery,
      Map<String, String> more,
      String body,
      Map<String, ?> authorizer) {
    String[] parts = pathAndQuery.split("\\?", 2);
    Map<String, String> headers = new HashMap<>(more);
    headers.put("host", "abcdef.execute-api.eu-central-1.amazonaws.com");
    headers.put("x-forwarded-proto", "https");
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
    Map<String, Object> context = new HashMap<>();
    context.put("accountId", "123456789012");
    context.put("apiId", "abcdef");
    context.put("domainName", "abcdef.execute-api.eu-central-1.amazonaws.com");
    context.put("domainPrefix", "abcdef");
    context.put("http", http);
    context.put("requestId", "JKJaXmPLvHcESHA=");
    context.put("routeKey", "ANY /api/v1/{proxy+}");
    context.put("stage", "$default");
    context.put("time", "22/Nov/2026:19:03:58 +0000");
    context.put("timeEpoch", 1_795_374_238_390L);
    if (!authorizer.isEmpty()) {
      context.put("authorizer", authorizer);
    }
    Map<String, Object> event = new HashMap<>();
    event.put("version", "2.0");
    event.put("routeKey", "ANY /api/v1/{proxy+}");
    event.put("rawPath", parts[0]);
    event.put("rawQueryString", parts.length > 1 ? parts[1] : "");
    event.put("headers", headers);
    event.put("requestContext", context);
    boolean inBase64 = !authorizer.isEmpty() && !body.isEmpty();
    event.put("isBase64Encoded", inBase64);
    if (inBase64) {
      event.put("body", Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)));
    } else if (!body.isEmpty()) {
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
