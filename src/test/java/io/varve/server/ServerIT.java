package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.configuration.Configuration;
import io.varve.job.JobKind;
import io.varve.job.Jobs;
import io.varve.job.Order;
import io.varve.repository.Json;
import io.varve.repository.QueueEntry;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SourceRepository;
import io.varve.store.ObjectStore;
import io.varve.store.Stores;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  private Map<String, String> environment(Map<String, ?> schedules) {
    return environment(schedules, Map.of());
  }

  /**
   * @param ofServer more fields of the server
   */
  private Map<String, String> environment(Map<String, ?> schedules, Map<String, ?> ofServer) {
    Instant later = Instant.now().plus(Duration.ofDays(1));
    String address = "mysql://" + server.host() + ":" + server.port();
    Map<String, ?> credentials = Map.of("user", user.name(), "passwordVariable", "PASSWORD");
    Map<String, Object> source = new HashMap<>();
    source.put("address", address);
    source.put("credentials", credentials);
    source.put("include", List.of(schema.name()));
    source.put("partSize", "64K");
    source.put("schedules", schedules);
    Map<String, Object> itself = new HashMap<>(ofServer);
    itself.put(
        "tokens",
        Map.of(
            "reader", ShopConfiguration.entry(READER, later, "read"),
            "keeper", ShopConfiguration.entry(KEEPER, later, "backup"),
            "restorer", ShopConfiguration.entry(RESTORER, later, "restore"),
            "gone", ShopConfiguration.entry(EXPIRED, Instant.now().minusSeconds(1), "restore")));
    Map<String, ?> document =
        Map.of(
            "store",
            s3.configured(location),
            "sources",
            Map.of("shop", source),
            "targets",
            Map.of("scratch", Map.of("address", address, "credentials", credentials)),
            "server",
            itself);
    return Map.of(
        "VARVE_CONFIG",
        Json.line(document),
        "PASSWORD",
        user.password(),
        "PAGER_SECRET",
        "pager's secret",
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

      JsonNode shop = serving.get(READER, SHOP).json();
      assertThat(shop.at("/latest/id").asText()).isEqualTo(id);
      assertThat(shop.path("ageSeconds").asInt()).isBetween(0, 60);
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
      ServerProcess.Answer events = serving.get(READER, restore + "/events");
      assertThat(events.body().lines().filter(line -> line.startsWith("data:")).toList())
          .isNotEmpty()
          .last(STRING)
          .contains("\"state\":\"done\"");
      JsonNode restored = serving.await(READER, restore, ServerIT::isDone);
      assertThat(restored.path("report").path("rows").asInt()).isEqualTo(2_000);
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  /** All that the console asks for beside what others ask for. */
  @Test
  void aPageIsToldWhoAsksAndWhatIsThere() {
    String odd = "a/b.ü%";
    schema.execute("CREATE TABLE `" + odd + "` (id INT PRIMARY KEY) ENGINE=InnoDB");
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      JsonNode me = serving.get(KEEPER, API + "/me").json();
      assertThat(me.path("name").asText()).isEqualTo("keeper");
      assertThat(me.path("roles")).hasToString("[\"read\",\"backup\"]");
      assertThat(me.path("version").asText()).isNotEmpty();
      serving.await(
          READER,
          API + "/status",
          it -> it.at("/sources/0/problems/0").asText().equals("it has no backup"));
      JsonNode done =
          serving.await(READER, begin(serving, KEEPER, "/backups", "{}"), ServerIT::isDone);
      String backup = SHOP + "/backups/" + done.path("report").path("backupId").asText();
      JsonNode restored =
          serving.await(
              READER,
              begin(
                  serving,
                  RESTORER,
                  "/restores",
                  Json.line(
                      Map.of("target", "scratch", "renames", Map.of(schema.name(), copy.name())))),
              ServerIT::isDone);
      JsonNode status = serving.get(READER, API + "/status").json().at("/sources/0");
      assertThat(status.path("problems")).isEmpty();
      assertThat(status.path("backups").asInt()).isEqualTo(1);
      assertThat(Instant.parse(status.path("verifiedRestore").asText()))
          .isAfterOrEqualTo(Instant.parse(restored.path("askedAt").asText()));

      ServerProcess.Answer history =
          serving.send(
              READER,
              SHOP + "/history",
              request -> request.header("Accept-Encoding", "gzip").GET());
      assertThat(history.response().headers().firstValue("Content-Encoding")).contains("gzip");
      ServerProcess.Answer events =
          serving.send(
              READER,
              SHOP + "/jobs/" + done.path("id").asText() + "/events",
              request -> request.header("Accept-Encoding", "gzip").GET());
      assertThat(events.response().headers().firstValue("Content-Encoding"))
          .isNotEqualTo(Optional.of("gzip"));
      assertThat(events.body()).contains("\"state\":\"done\"");
      assertThat(serving.get(READER, SHOP + "/history").json().at("/backups/id")).hasSize(1);
      assertThat(
              serving
                  .send(
                      READER,
                      SHOP + "/history",
                      request ->
                          request
                              .header(
                                  "If-None-Match",
                                  history.response().headers().firstValue("ETag").orElseThrow())
                              .GET())
                  .status())
          .isEqualTo(304);
      assertThat(
              serving
                  .get(READER, backup + "/details")
                  .json()
                  .at("/consistency/connections")
                  .asInt())
          .isPositive();
      JsonNode found = serving.get(READER, backup + "/tables?search=.A%2FB").json();
      assertThat(found.path("items").findValuesAsText("table")).containsExactly(odd);
      String encoded = URLEncoder.encode(odd, StandardCharsets.UTF_8);
      JsonNode table =
          serving.get(READER, backup + "/tables/" + schema.name() + "/" + encoded).json();
      assertThat(table.path("table").asText()).isEqualTo(odd);
      assertThat(table.path("ddl").asText()).contains("CREATE TABLE");
      assertThat(table.path("keyColumns")).hasToString("[\"id\"]");
      String log = SHOP + "/jobs/" + restored.path("id").asText() + "/log";
      serving.await(
          READER,
          log,
          it ->
              it.path("lines").findValuesAsText("text").contains("Begins indexing.")
                  && it.at("/lines/" + (it.path("lines").size() - 1) + "/text")
                      .asText()
                      .equals("It is done."));
      assertThat(serving.get(READER, SHOP + "/changes?backups=5").json().at("/tables/0/rowsStored"))
          .hasToString("[2000]");
      assertThat(serving.log()).doesNotContain("A defect in Varve");
    }
  }

  @Test
  @Tag("process")
  void metricsSayHowOldTheNewestBackupIs() {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      String job = begin(serving, KEEPER, "/backups", "{}");
      serving.await(READER, job, ServerIT::isDone);
      assertThat(serving.get("", "/q/metrics").status()).isEqualTo(401);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      String metrics = serving.get(READER, "/q/metrics").body();
      while (metrics.contains("varve_backup_stored_bytes{source=\"shop\"} 0")
          && System.nanoTime() < end) {
        metrics = serving.get(READER, "/q/metrics").body(); // counted just after it is done
      }
      assertThat(metrics)
          .containsPattern("varve_backup_age_seconds\\{source=\"shop\"\\} [0-9]{1,2}\\.0")
          .containsPattern("varve_backup_stored_bytes\\{source=\"shop\"\\} [1-9]")
          .containsPattern("varve_jobs_total\\{.*kind=\"backup\".*state=\"done\".*\\} 1\\.0");
      assertThat(serving.get("", "/q/health/ready").status()).isEqualTo(200);
    }
  }

  @Test
  @Tag("process")
  void aWebhookIsToldOfFailuresSignedAndAgain() throws Exception {
    List<String> taken = new CopyOnWriteArrayList<>();
    HttpServer pager = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    pager.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          Headers headers = exchange.getRequestHeaders();
          String signed =
              headers.getFirst("webhook-id")
                  + "."
                  + headers.getFirst("webhook-timestamp")
                  + "."
                  + body;
          boolean isFirst = taken.isEmpty();
          taken.add(headers.getFirst("webhook-signature").equals("v1," + hmac(signed)) + body);
          exchange.sendResponseHeaders(isFirst ? 503 : 204, -1);
          exchange.close();
        });
    pager.start();
    Map<String, ?> hook =
        Map.of(
            "url",
            "http://127.0.0.1:" + pager.getAddress().getPort() + "/pager",
            "secretVariable",
            "PAGER_SECRET");
    try (ServerProcess serving =
        ServerProcess.start(environment(Map.of(), Map.of("webhooks", Map.of("pager", hook))))) {
      String job = begin(serving, KEEPER, "/backups", "{\"kind\": \"incremental\"}");
      serving.await(READER, job, ServerIT::isDone);
      String failing = begin(serving, KEEPER, "/verifications", "{\"backup\": \"2001-01-01\"}");
      JsonNode failed =
          serving.await(READER, failing, it -> it.path("state").asText().equals("failed"));
      assertThat(failed.at("/failure/error").asText()).isEqualTo("InvalidRequestException");
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (taken.size() < 2 && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(taken).hasSize(2);
    } finally {
      pager.stop(0);
    }
    assertThat(taken.getFirst()).isEqualTo(taken.getLast()).startsWith("true{");
    assertThat(taken.getFirst()).contains("\"type\":\"job.failed\"", "there is none");
  }

  private static String hmac(String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec("pager's secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Tag("process")
  void whatIsAskedForTwiceWithOneKeyIsDoneOnce() {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      Set<String> jobs = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        ServerProcess.Answer answer =
            serving.postOnce(KEEPER, SHOP + "/backups", "{}", "tonight's");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        jobs.add(answer.json().path("id").asText());
        serving.await(READER, SHOP + "/jobs/" + jobs.iterator().next(), ServerIT::isDone);
      }
      assertThat(jobs).hasSize(1);
      assertThat(serving.get(READER, SHOP + "/backups").json().path("items")).hasSize(1);
      ServerProcess.Answer other =
          serving.postOnce(KEEPER, SHOP + "/backups", "{\"kind\": \"full\"}", "tonight's");
      assertThat(other.status()).isEqualTo(422);
      assertThat(other.json().path("detail").asText()).contains("asked for something else");
    }
  }

  /** Five moments were missed: one run makes up for them, by one of the servers. */
  @Test
  @Tag("process")
  void twoServersDoOneThingOnceAndMakeUpForWhatWasMissed() {
    Instant missed = Instant.now().minus(Duration.ofHours(5));
    noteSchedule("full", ScheduleEntry.since(missed));
    Map<String, String> environment = environment(Map.of("full", Map.of("cron", "0 * * * *")));
    try (ServerProcess one = ServerProcess.start(environment);
        ServerProcess other = ServerProcess.start(environment)) {
      for (ServerProcess serving : List.of(one, other)) {
        ServerProcess.Answer answer = serving.postOnce(KEEPER, SHOP + "/backups", "{}", "both");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
      }
      JsonNode schedule =
          other
              .await(
                  READER,
                  API + "/schedules",
                  it ->
                      Instant.parse(it.at("/schedules/0/next").asText("1970-01-01T00:00:00Z"))
                          .isAfter(Instant.now()))
              .at("/schedules/0");
      assertThat(Instant.parse(schedule.path("next").asText()))
          .isBefore(Instant.now().plus(Duration.ofHours(1)));
      JsonNode jobs =
          one.await(
                  READER,
                  SHOP + "/jobs",
                  it ->
                      it.path("items").size() == 2
                          && it.path("items").findValuesAsText("state").stream()
                              .allMatch("done"::equals))
              .path("items");
      assertThat(jobs.get(1).path("id").asText()).endsWith("0000Z-full");
      assertThat(
              other
                  .await(READER, SHOP + "/backups", it -> it.path("items").size() >= 2)
                  .path("items"))
          .hasSize(2);
    }
  }

  @Test
  @Tag("process")
  void drillsAreBegunByTheScheduleAndTheApiAndRememberedByTheNextServer() {
    backUp();
    noteSchedule("drill", ScheduleEntry.since(Instant.now().minus(Duration.ofHours(5))));
    Map<String, ?> hourly =
        Map.of("drill", Map.of("cron", "0 * * * *", "options", Map.of("target", "scratch")));
    try (ServerProcess serving = ServerProcess.start(environment(hourly))) {
      JsonNode jobs =
          serving.await(
              READER,
              SHOP + "/jobs",
              it -> it.path("items").findValuesAsText("state").equals(List.of("done", "done")));
      assertThat(jobs.path("items").findValuesAsText("id"))
          .contains("before")
          .anyMatch(id -> id.endsWith("0000Z-drill"));
      JsonNode asked =
          serving.await(
              READER,
              begin(serving, RESTORER, "/drills", "{\"target\": \"scratch\"}"),
              ServerIT::isDone);
      assertThat(asked.at("/report/rows").asInt()).isEqualTo(2_000);
      assertThat(asked.at("/report/verified").asBoolean()).isTrue();
      assertThat(server.rows("SHOW DATABASES LIKE 'varve\\_drill\\_%'")).isEmpty();
      awaitVerifiedRestore(serving);
    }
    try (ServerProcess next = ServerProcess.start(environment(Map.of()))) {
      awaitVerifiedRestore(next);
    }
  }

  @Test
  @Tag("process")
  void whatAnotherVersionHasPutIntoTheQueueFailsAndSaysSo() {
    try (ObjectStore store = Stores.open(location, s3.options());
        Repository repository = Jobs.openOrCreate(store)) {
      SourceRepository source = repository.source("shop");
      JsonNode fields = Json.tree(Map.of("source", "shop"));
      Request.open(source, "odd", "mystery", "0".repeat(64), fields, Clock.systemUTC());
      source.enqueue("odd", new QueueEntry(Repository.FORMAT, "mystery", fields, Instant.now()));
    }
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      JsonNode odd =
          serving.await(
              READER, SHOP + "/jobs/odd", it -> it.path("state").asText().equals("failed"));
      assertThat(odd.path("failure").toString())
          .contains("'mystery'", "Another version")
          .doesNotContain("Lambda");
    }
  }

  private static void awaitVerifiedRestore(ServerProcess serving) {
    Pattern verified =
        Pattern.compile(
            "varve_restore_verified_timestamp_seconds\\{source=\"shop\"\\} [1-9]\\.[0-9]+E9");
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String metrics = serving.get(READER, "/q/metrics").body();
    while (!verified.matcher(metrics).find() && System.nanoTime() < end) {
      metrics = serving.get(READER, "/q/metrics").body();
    }
    assertThat(metrics).containsPattern(verified);
  }

  /** Within this process: what lies there when a server starts. */
  private void backUp() {
    Jobs jobs = new Jobs(Configuration.load(environment(Map.of())), Clock.systemUTC());
    Order order =
        Order.read(
            JobKind.BACKUP, "{\"source\": \"shop\"}".getBytes(StandardCharsets.UTF_8), "before");
    try (ObjectStore store = Stores.open(location, s3.options());
        Repository repository = jobs.open(order, store)) {
      jobs.perform(order, repository, TimeLimit.NONE, Duration.ZERO, Progress.SILENT, () -> {});
    }
  }

  @Test
  void aPausedScheduleBeginsNothingAndMakesUpForNothing() {
    noteSchedule("full", ScheduleEntry.since(Instant.now().minus(Duration.ofHours(5))).pausedNow());
    Map<String, ?> hourly = Map.of("full", Map.of("cron", "0 * * * *"));
    try (ServerProcess serving = ServerProcess.start(environment(hourly))) {
      serving.await(READER, API + "/schedules", it -> it.at("/schedules/0/paused").asBoolean());
      String schedule = SHOP + "/schedules/full";
      JsonNode resumed = serving.post(KEEPER, schedule + "/resume", "").json();
      assertThat(Instant.parse(resumed.path("next").asText())).isAfter(Instant.now());
      JsonNode paused = serving.post(KEEPER, schedule + "/pause", "").json();
      assertThat(paused.has("next")).isFalse();
      assertThat(serving.post(KEEPER, SHOP + "/schedules/prune/pause", "").status()).isEqualTo(404);
      assertThat(serving.get(READER, SHOP + "/jobs").json().path("items")).isEmpty();
    }
  }

  /** A token to begin backups is none to take them all away. */
  @Test
  @Tag("process")
  void whatIsPrunedTheConfigurationSays() {
    Map<String, ?> prune =
        Map.of("cron", "0 0 1 1 *", "options", Map.of("keep", Map.of("last", 2)));
    String mine = "{\"keep\": {\"last\": 1}}";
    try (ServerProcess serving = ServerProcess.start(environment(Map.of("prune", prune)))) {
      for (int i = 0; i < 3; i++) {
        serving.await(READER, begin(serving, KEEPER, "/backups", "{}"), ServerIT::isDone);
      }
      assertThat(serving.post(KEEPER, SHOP + "/prunes", mine).status()).isEqualTo(422);
      String seen = begin(serving, KEEPER, "/prunes", mine.replace("}}", "}, \"dryRun\": true}"));
      serving.await(READER, seen, ServerIT::isDone);
      assertThat(serving.get(READER, SHOP + "/backups").json().path("items")).hasSize(3);
      serving.await(READER, begin(serving, KEEPER, "/prunes", "{}"), ServerIT::isDone);
      assertThat(serving.get(READER, SHOP + "/backups").json().path("items")).hasSize(2);
    }
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      assertThat(serving.post(KEEPER, SHOP + "/prunes", "{}").status()).isEqualTo(422);
    }
  }

  private void noteSchedule(String kind, ScheduleEntry entry) {
    try (ObjectStore store = Stores.open(location, s3.options());
        Repository repository = Jobs.openOrCreate(store)) {
      repository.source("shop").changeSchedule(kind, () -> entry, known -> known);
    }
  }

  @Test
  @Tag("process")
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
  @Tag("process")
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

  /** In the native program too. */
  @Test
  void theConsoleRunsItsOwnProgramAndNoOther() {
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      ServerProcess.Answer page = serving.get("", "/");
      assertThat(page.response().headers().firstValue("Content-Security-Policy"))
          .hasValueSatisfying(
              policy ->
                  assertThat(policy)
                      .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                      .doesNotContain("unsafe"));
      assertThat(page.response().headers().firstValue("Cache-Control")).contains("no-cache");
      assertThat(page.body()).doesNotContain("<script>");
      Matcher program =
          Pattern.compile("src=\"(/console/console.js[?][0-9a-f]+)\"").matcher(page.body());
      assertThat(program.find()).as(page.body()).isTrue();
      ServerProcess.Answer script = serving.get("", program.group(1));
      assertThat(script.status()).isEqualTo(200);
      assertThat(script.response().headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("text/javascript"));
      assertThat(serving.get("", "/console/icon.svg").status()).isEqualTo(200);
      ServerProcess.Answer packed =
          serving.send(
              "", program.group(1), request -> request.GET().header("Accept-Encoding", "gzip"));
      assertThat(packed.response().headers().firstValue("Content-Encoding")).contains("gzip");
    }
  }

  @Test
  void whoMayDoWhat() {
    List<List<String>> cases =
        List.of(
            List.of("", "GET", API + "/sources", "401"),
            List.of("", "GET", API + "/nothing", "401"),
            List.of("", "GET", "/q/openapi", "401"),
            List.of("", "GET", "/q/metrics", "401"),
            List.of("", "GET", "/q/health/live", "200"),
            List.of("", "GET", "/", "200"),
            List.of("", "GET", "/console/licenses.txt", "200"),
            List.of("", "GET", "/console/../api/v1/sources", "401"),
            List.of("", "GET", "/console/%2e%2e/api/v1/sources", "401"),
            List.of("", "GET", "/console/nothing", "404"),
            List.of("", "POST", SHOP + "/schedules/drill/run", "401"),
            List.of(READER, "POST", SHOP + "/schedules/full/run", "403"),
            List.of("wrong", "GET", API + "/sources", "401"),
            List.of(EXPIRED, "GET", API + "/sources", "401"),
            List.of(READER, "GET", API + "/sources", "200"),
            List.of(READER, "GET", "/q/openapi", "200"),
            List.of(READER, "POST", SHOP + "/backups", "403"),
            List.of(READER, "POST", SHOP + "/restores", "403"),
            List.of(READER, "POST", SHOP + "/schedules/full/pause", "403"),
            List.of(KEEPER, "POST", SHOP + "/restores", "403"),
            List.of(KEEPER, "POST", SHOP + "/syncs", "403"),
            List.of(KEEPER, "POST", SHOP + "/drills", "403"),
            List.of(RESTORER, "POST", SHOP + "/backups", "403"),
            List.of(RESTORER, "POST", SHOP + "/prunes", "403"));
    try (ServerProcess serving = ServerProcess.start(environment(Map.of()))) {
      for (List<String> each : cases) {
        String token = each.get(0);
        String path = each.get(2);
        ServerProcess.Answer answer =
            each.get(1).equals("GET") ? serving.get(token, path) : serving.post(token, path, "{}");
        assertThat(answer.status())
            .as(each + " " + answer.body())
            .isEqualTo(Integer.parseInt(each.get(3)));
        if (answer.status() == 401) {
          assertThat(answer.response().headers().firstValue("WWW-Authenticate")).isPresent();
        }
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
      bodies.put("{\"kind\": \"full\", \"kind\": \"incremental\"}", 400);
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
        "{\"drill\": {\"cron\": \"0 * * * *\", \"options\": {\"target\": \"nowhere\"}}}",
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
