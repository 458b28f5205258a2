package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.repository.Json;
import io.varve.store.Sha256;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code varve serve}: the packaged program, a real database, a real store. */
class ServerIT {

  private static final String API = "/api/v1";
  private static final String SHOP = API + "/sources/shop";
  private static final String READER = "reader-5f0c1f7e";
  private static final String KEEPER = "keeper-9a1be2d3";
  private static final String RESTORER = "restorer-77c0d9aa";
  private static final String EXPIRED = "expired-0badcafe";

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestUser user = server.freshUser("ALL PRIVILEGES ON *.*");
  private final EmbeddedS3 s3 = EmbeddedS3.shared();
  private final String location = "s3://" + s3.newBucket("server") + "/some/prefix";

  ServerIT() {
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
            + Numbers.below(2_000));
    copy.execute("DROP DATABASE " + copy.name());
  }

  @AfterEach
  void close() {
    schema.close();
    copy.close();
    user.close();
  }

  private static Map<String, ?> token(String token, String role, Instant expires) {
    String hash = HexFormat.of().formatHex(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
    return Map.of("sha256", hash, "roles", List.of(role), "expires", expires.toString());
  }

  private Map<String, String> environment(Map<String, ?> schedules) {
    Instant later = Instant.now().plus(Duration.ofDays(1));
    String address = "mysql://" + server.host() + ":" + server.port();
    Map<String, ?> credentials = Map.of("user", user.name(), "passwordVariable", "PASSWORD");
    Map<String, Object> source = new HashMap<>();
    source.put("address", address);
    source.put("credentials", credentials);
    source.put("include", List.of(schema.name()));
    source.put("partSize", "64K");
    source.put("schedules", schedules);
    Map<String, ?> document =
        Map.of(
            "store",
            Map.of(
                "location",
                location,
                "endpoint",
                s3.endpoint().toString(),
                "pathStyle",
                true,
                "region",
                "us-east-1"),
            "sources",
            Map.of("shop", source),
            "targets",
            Map.of("scratch", Map.of("address", address, "credentials", credentials)),
            "server",
            Map.of(
                "tokens",
                Map.of(
                    "reader", token(READER, "read", later),
                    "keeper", token(KEEPER, "backup", later),
                    "restorer", token(RESTORER, "restore", later),
                    "gone", token(EXPIRED, "restore", Instant.now().minusSeconds(1)))));
    return Map.of(
        "VARVE_CONFIG",
        Json.line(document),
        "PASSWORD",
        user.password(),
        "AWS_ACCESS_KEY_ID",
        s3.credentials().accessKey(),
        "AWS_SECRET_ACCESS_KEY",
        s3.credentials().secretKey());
  }

  private static boolean isDone(JsonNode job) {
    return job.path("state").asText().equals("done");
  }

  private static String begin(ServerProcess serving, String token, String path, String body) {
    ServerProcess.Answer begun = serving.post(token, SHOP + path, body);
    assertThat(begun.status()).as(begun.body()).isEqualTo(202);
    return SHOP + "/jobs/" + begun.json().path("id").asText();
  }

  @Test
  void aBackupIsBegunSeenAndRestored() {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      String job =
          begin(serving, KEEPER, "/backups", "{\"kind\": \"full\", \"tags\": [\"first\"]}");
      JsonNode done = serving.await(READER, job, ServerIT::isDone);
      String id = done.path("report").path("backupId").asText();

      JsonNode backups = serving.get(READER, SHOP + "/backups").json();
      assertThat(backups.path("items")).hasSize(1);
      assertThat(backups.path("items").get(0).path("id").asText()).isEqualTo(id);
      ServerProcess.Answer one = serving.get(READER, SHOP + "/backups/" + id);
      assertThat(one.json().path("tags").get(0).asText()).isEqualTo("first");
      String tag = one.response().headers().firstValue("ETag").orElseThrow();
      assertThat(
              serving
                  .send(
                      READER,
                      SHOP + "/backups/" + id,
                      request -> request.header("If-None-Match", tag).GET())
                  .status())
          .isEqualTo(304);
      JsonNode tables = serving.get(READER, SHOP + "/backups/" + id + "/tables").json();
      assertThat(tables.path("items").get(0).path("rows").asInt()).isEqualTo(2_000);

      String restore =
          begin(
              serving,
              RESTORER,
              "/restores",
              Json.line(
                  Map.of("target", "scratch", "renames", Map.of(schema.name(), copy.name()))));
      JsonNode restored = serving.await(READER, restore, ServerIT::isDone);
      assertThat(restored.path("report").path("rows").asInt()).isEqualTo(2_000);
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  @Test
  void whatIsAskedForTwiceWithOneKeyIsDoneOnce() {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      String first = "";
      for (int i = 0; i < 3; i++) {
        ServerProcess.Answer answer =
            serving.send(
                KEEPER,
                SHOP + "/backups",
                request ->
                    request
                        .header("Idempotency-Key", "tonight's")
                        .header("Content-Type", "application/json")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(answer.status()).isEqualTo(202);
        first = first.isEmpty() ? answer.json().path("id").asText() : first;
        assertThat(answer.json().path("id").asText()).isEqualTo(first);
        serving.await(READER, SHOP + "/jobs/" + first, ServerIT::isDone);
      }
      assertThat(serving.get(READER, SHOP + "/backups").json().path("items")).hasSize(1);
      ServerProcess.Answer other =
          serving.send(
              KEEPER,
              SHOP + "/backups",
              request ->
                  request
                      .header("Idempotency-Key", "tonight's")
                      .header("Content-Type", "application/json")
                      .POST(
                          java.net.http.HttpRequest.BodyPublishers.ofString(
                              "{\"kind\": \"full\"}")));
      assertThat(other.status()).isEqualTo(422);
      assertThat(other.json().path("detail").asText()).contains("asked for something else");
    }
  }

  @Test
  void aScheduleBeginsItsBackups() {
    try (ServerProcess serving =
        ServerProcess.start(environment(Map.of("incremental", Map.of("cron", "* * * * *"))))) {
      JsonNode next =
          serving
              .await(READER, API + "/schedules", it -> it.path("schedules").get(0).has("next"))
              .path("schedules")
              .get(0);
      assertThat(Instant.parse(next.path("next").asText()))
          .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(61));
      serving.await(READER, SHOP + "/backups", it -> it.path("items").size() == 1);
    }
  }

  @Test
  void aJobThatWasKilledGoesOnInTheNextServer() {
    String job;
    Map<String, String> environment = environment(Map.of());
    try (ServerProcess serving = ServerProcess.start(environment)) {
      schema.execute(
          "CREATE TABLE more (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
          "INSERT INTO more SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
              + Numbers.below(20_000));
      job = begin(serving, KEEPER, "/backups", "{}");
      serving.kill();
    }
    try (ServerProcess next = ServerProcess.start(environment)) {
      next.await(READER, job, ServerIT::isDone);
      assertThat(next.get(READER, SHOP + "/backups").json().path("items")).hasSize(1);
    }
  }

  @Test
  void toldToEndItLeavesWhatTheNextServerGoesOnWith() {
    Map<String, String> environment = environment(Map.of());
    String job;
    try (ServerProcess serving = ServerProcess.start(environment)) {
      job = begin(serving, KEEPER, "/backups", "{}");
      serving.term();
      assertThat(serving.exitCode()).isIn(0, 143);
    }
    try (ServerProcess next = ServerProcess.start(environment)) {
      next.await(READER, job, ServerIT::isDone);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'',                 GET,  /api/v1/sources,               401",
    "'',                 GET,  /api/v1/nothing,               401",
    "'',                 GET,  /q/openapi,                    401",
    "'',                 GET,  /q/health/live,                200",
    "wrong,              GET,  /api/v1/sources,               401",
    "expired-0badcafe,   GET,  /api/v1/sources,               401",
    "reader-5f0c1f7e,    GET,  /api/v1/sources,               200",
    "reader-5f0c1f7e,    POST, /api/v1/sources/shop/backups,  403",
    "reader-5f0c1f7e,    POST, /api/v1/sources/shop/restores, 403",
    "keeper-9a1be2d3,    POST, /api/v1/sources/shop/restores, 403",
    "restorer-77c0d9aa,  POST, /api/v1/sources/shop/backups,  403",
  })
  void whoMayDoWhat(String token, String method, String path, int status) {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      ServerProcess.Answer answer =
          method.equals("GET") ? serving.get(token, path) : serving.post(token, path, "{}");
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      if (status == 401) {
        assertThat(answer.response().headers().firstValue("WWW-Authenticate")).isPresent();
      }
      assertThat(serving.log()).doesNotContain(READER, KEEPER, RESTORER, user.password());
    }
  }

  @Test
  void badRequestsAreAnsweredAsProblems() {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      Map<String, Integer> bodies = new HashMap<>();
      bodies.put("{", 400);
      bodies.put("[]", 400);
      bodies.put("{\"source\": \"shop\"}", 400);
      bodies.put("{\"no such field\": 1}", 422);
      bodies.put("{\"kind\": 7}", 422);
      bodies.put("{\"kind\": \"" + "x".repeat(300_000) + "\"}", 413);
      bodies.forEach(
          (body, status) -> {
            ServerProcess.Answer answer = serving.post(KEEPER, SHOP + "/backups", body);
            assertThat(answer.status())
                .as(body.substring(0, Math.min(40, body.length())))
                .isEqualTo(status);
            if (status != 413) {
              assertThat(answer.response().headers().firstValue("Content-Type"))
                  .contains("application/problem+json");
              assertThat(answer.json().path("status").asInt()).isEqualTo(status);
            }
          });
      for (String path :
          List.of(
              "/sources/nobody",
              "/sources/nobody/backups",
              "/sources/..%2f..%2fetc/backups",
              "/sources/shop/backups/latest",
              "/sources/shop/backups/20260101T000000Z-full-aaaaaa",
              "/sources/shop/jobs/nothing",
              "/sources/shop/jobs/..%2f..%2flease",
              "/nothing")) {
        ServerProcess.Answer answer = serving.get(READER, API + path);
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(404);
      }
      assertThat(serving.get(READER, SHOP + "/backups?limit=0").status()).isEqualTo(400);
      assertThat(serving.get(READER, SHOP + "/backups?limit=x").status()).isIn(400, 404);
      ServerProcess.Answer overwriting =
          serving.post(
              RESTORER, SHOP + "/restores", "{\"target\": \"scratch\", \"mode\": \"replace\"}");
      assertThat(overwriting.status()).isEqualTo(422);
      assertThat(overwriting.json().path("hint").asText()).contains("overwrite");
      assertThat(serving.post(RESTORER, SHOP + "/restores", "{\"target\": \"nowhere\"}").status())
          .isEqualTo(422);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"incremental\": {\"cron\": \"nightly\"}}",
        "{\"hourly\": {\"cron\": \"0 * * * *\"}}",
        "{\"prune\": {\"cron\": \"0 * * * *\"}}",
        "{\"sync\": {\"cron\": \"0 * * * *\", \"options\": {\"target\": \"nowhere\"}}}",
        "{\"full\": {\"cron\": \"0 * * * *\", \"timezone\": \"UTC\"}}"
      })
  void aScheduleThatCannotBeIsRefusedBeforeAPortIsOpened(String schedules) throws Exception {
    Map<String, ?> read =
        new com.fasterxml.jackson.databind.ObjectMapper().readValue(schedules, Map.class);
    try (ServerProcess serving = ServerProcess.start(environment(read))) {
      assertThat(serving.exitCode()).isEqualTo(3);
      assertThat(serving.log()).contains("sources.shop.schedules.").doesNotContain("Listening");
    }
  }
}
