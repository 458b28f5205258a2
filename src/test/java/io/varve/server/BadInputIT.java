package io.varve.server;

import static io.varve.server.ShopConfiguration.KEEPER;
import static io.varve.server.ShopConfiguration.READER;
import static io.varve.server.ShopConfiguration.RESTORER;
import static io.varve.server.ShopConfiguration.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.repository.Json;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.FaultyProxy;
import io.varve.testing.Gate;
import io.varve.testing.Numbers;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server gets that is wrong, broken, slow, or not there. */
class BadInputIT {

  private static final int PATIENCE_MILLIS = 30_000;

  /** Each path that takes a body, and who may send one. */
  private static final Map<String, String> TAKE_BODIES =
      Map.of(
          "/backups", KEEPER,
          "/verifications", KEEPER,
          "/prunes", KEEPER,
          "/restores", RESTORER,
          "/syncs", RESTORER);

  @TempDir private Path folder;

  private Map<String, Object> files() {
    return Map.of("location", folder.toUri().toString());
  }

  private static ShopConfiguration shop(Map<String, Object> store, String address, TestUser user) {
    return new ShopConfiguration(store, address, user.name(), user.password());
  }

  private static String addressOf(TestServer database) {
    return "mysql://" + database.host() + ":" + database.port();
  }

  private static boolean isDone(JsonNode job) {
    return job.path("state").asText().equals("done");
  }

  private static boolean hasFailed(JsonNode job) {
    return job.path("state").asText().equals("failed");
  }

  private static String begin(ServerProcess serving, String token, String path, String body) {
    ServerProcess.Answer begun = serving.post(token, SHOP + path, body);
    assertThat(begun.status()).as(begun.body()).isEqualTo(202);
    return SHOP + "/jobs/" + begun.json().path("id").asText();
  }

  private static String failure(
      ServerProcess serving, String token, String path, Map<String, ?> body) {
    String job = begin(serving, token, path, Json.line(body));
    JsonNode failed = serving.await(READER, job, BadInputIT::hasFailed).path("failure");
    assertThat(failed.path("error").asText()).isEqualTo("InvalidRequestException");
    return failed.toString();
  }

  @Test
  void bodiesThatAreTooLargeOrCannotBeReadAreRefusedWhereverOneIsTaken() {
    Map<String, Integer> bodies = new HashMap<>();
    bodies.put("{", 400);
    bodies.put("null", 400);
    bodies.put("\"full\"", 400);
    bodies.put("{} {}", 400);
    bodies.put("{\"a\": " + "[".repeat(20_000) + "]".repeat(20_000) + "}", 400);
    bodies.put("{\"a\": " + "9".repeat(20_000) + "}", 400);
    bodies.put("{\"a\": 1, \"a\": 2}", 400);
    bodies.put("{\"no such field\": 1}", 422);
    bodies.put("{\"a\": \"" + "x".repeat(300_000) + "\"}", 413);
    try (ServerProcess serving =
        ServerProcess.start(ShopConfiguration.withoutDatabase(files()).environment())) {
      TAKE_BODIES.forEach(
          (path, token) -> {
            bodies.forEach(
                (body, status) ->
                    assertThat(serving.post(token, SHOP + path, body).status())
                        .as(path + " " + body.substring(0, Math.min(body.length(), 30)))
                        .isEqualTo(status));
            assertThat(unannounced(serving, token, path)).as(path).isEqualTo(413);
            assertThat(
                    serving
                        .send(
                            token,
                            SHOP + path,
                            request ->
                                request
                                    .header("Content-Type", "text/plain")
                                    .POST(HttpRequest.BodyPublishers.ofString("{}")))
                        .status())
                .as(path)
                .isEqualTo(415);
          });
      assertThat(
              serving
                  .postOnce(KEEPER, SHOP + "/backups", "{\"kind\": \"\u0000\"}", "k".repeat(300))
                  .status())
          .isEqualTo(400);
      assertThat(serving.get(READER, SHOP + "/jobs").json().path("items")).isEmpty();
    }
  }

  /** The status of an answer to a body of a length that is not told before. */
  private static int unannounced(ServerProcess serving, String token, String path) {
    byte[] large = new byte[300_000];
    return serving
        .send(
            token,
            SHOP + path,
            request ->
                request
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(large))))
        .status();
  }

  @Test
  void namesThatAreNoneLeadNowhere() throws Exception {
    String longName = "a".repeat(3_000);
    List<String> tricks =
        List.of(
            "%2e%2e",
            "..%2f..%2fvarve",
            "..%5c..%5cvarve",
            "%00",
            "a%00b",
            "%0d%0aX:%20y",
            "%ff",
            "%c0%ae%c0%ae",
            "lease",
            "requests",
            longName,
            "varve.json",
            "-",
            "%20",
            "*",
            "~",
            "a%2fb");
    Files.writeString(folder.resolve("outside.json"), "not to be seen");
    try (ServerProcess serving =
        ServerProcess.start(
            ShopConfiguration.withoutDatabase(
                    Map.of("location", folder.resolve("store").toUri().toString()))
                .environment())) {
      String all = "/api/v1/sources/";
      for (String trick : tricks) {
        for (String path :
            List.of(
                all + trick + "/backups",
                all + trick + "/jobs/x",
                SHOP + "/jobs/" + trick + "/events",
                SHOP + "/backups/" + trick + "/tables")) {
          String answer = raw(serving, "GET", path, "Authorization: Bearer " + READER);
          assertThat(answer).as(path).startsWith("HTTP/1.1 404").doesNotContain("not to be seen");
          assertThat(raw(serving, "GET", path)).as(path).startsWith("HTTP/1.1 401");
        }
        assertThat(
                raw(
                    serving,
                    "POST",
                    SHOP + "/schedules/" + trick + "/pause",
                    "Authorization: Bearer " + KEEPER))
            .as(trick)
            .startsWith("HTTP/1.1 404");
      }
      for (String path :
          List.of(
              "/q/health/../metrics",
              "/q/health/%2e%2e/metrics",
              "/q/health/../../api/v1/sources",
              "/q/health/%2e%2e/%2e%2e/api/v1/sources",
              "//api/v1/sources",
              "/api/v1/./sources",
              "/API/v1/sources",
              "/api/v1/sources;x=/q/health")) {
        assertThat(raw(serving, "GET", path)).as(path).startsWith("HTTP/1.1 401");
      }
      assertThat(raw(serving, "GET", "/q/health/..;/metrics")).doesNotContain("varve_backup");
      assertThat(raw(serving, "GET", SHOP + "/jobs/%zz")).startsWith("HTTP/1.1 400");
      assertThat(raw(serving, "GET", SHOP + "/jobs/" + "a".repeat(10_000))).contains(" 414 ");
      assertThat(serving.get(READER, all + "shop").status()).isEqualTo(200);
    }
  }

  @Test
  void credentialsOfNoFormThatIsKnownAreNone() throws Exception {
    try (ServerProcess serving =
        ServerProcess.start(ShopConfiguration.withoutDatabase(files()).environment())) {
      for (String header :
          List.of(
              "Authorization: Bearer",
              "Authorization: Bearer ",
              "Authorization: " + READER,
              "Authorization: Basic cmVhZGVyOnJlYWRlcg==",
              "Authorization: Bearer " + READER + " " + READER,
              "Authorization: Bearer " + READER.toUpperCase(Locale.ROOT),
              "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJncm91cHMiOlsicmVzdG9yZSJdfQ.",
              "X-Forwarded-User: admin",
              "Cookie: q_session=" + READER)) {
        assertThat(raw(serving, "GET", SHOP, header)).as(header).startsWith("HTTP/1.1 401");
      }
      ServerProcess.Answer unknown = serving.get("unknown", SHOP);
      assertThat(unknown.response().headers().firstValue("Content-Type"))
          .contains("application/problem+json");
      assertThat(unknown.json().path("status").asInt()).isEqualTo(401);
      ServerProcess.Answer forbidden = serving.post(READER, SHOP + "/backups", "{}");
      assertThat(forbidden.json().path("status").asInt()).isEqualTo(403);
      for (String limit : List.of("0", "1001", "x", "99999999999", "%20")) {
        assertThat(serving.get(READER, SHOP + "/jobs?limit=" + limit).status())
            .as(limit)
            .isEqualTo(400);
      }
      assertThat(raw(serving, "GET", SHOP + "?access_token=" + READER)).startsWith("HTTP/1.1 401");
      String basic =
          "Authorization: Basic "
              + Base64.getEncoder()
                  .encodeToString(("me:" + READER).getBytes(StandardCharsets.UTF_8));
      assertThat(raw(serving, "GET", SHOP, basic)).startsWith("HTTP/1.1 401");
      for (String page : List.of("/q/openapi", "/q/swagger-ui/", "/q/swagger-ui/index.html")) {
        assertThat(raw(serving, "GET", page))
            .as(page)
            .startsWith("HTTP/1.1 401")
            .contains("WWW-Authenticate: Basic realm=\"Varve\"");
        assertThat(raw(serving, "GET", page, "Authorization: Basic bWU6d3Jvbmc="))
            .as(page)
            .startsWith("HTTP/1.1 401");
        assertThat(raw(serving, "GET", page, basic)).as(page).startsWith("HTTP/1.1 200");
      }
      assertThat(raw(serving, "GET", "/q/swagger-ui/../metrics", basic)).startsWith("HTTP/1.1 401");
      assertThat(raw(serving, "GET", SHOP, "X-Long: " + "x".repeat(100_000)))
          .startsWith("HTTP/1.1 431");
      assertThat(raw(serving, "GET", SHOP, "authorization: bearer " + READER))
          .startsWith("HTTP/1.1 200");
    }
  }

  /** As it is written here, with nothing put right, unlike what clients of HTTP do. */
  private static String raw(ServerProcess serving, String method, String path, String... headers)
      throws IOException {
    try (Socket socket = connect(serving)) {
      StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: x\r\n");
      for (String header : headers) {
        request.append(header).append("\r\n");
      }
      request.append("Connection: close\r\n\r\n");
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      try {
        InputStream in = socket.getInputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
          answer.append((char) next);
        }
      } catch (IOException reset) {
        // it need not read all before it answers
      }
      return answer.toString();
    }
  }

  private static Socket connect(ServerProcess serving) throws IOException {
    URI address = URI.create(serving.address());
    Socket socket = new Socket(address.getHost(), address.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  @Test
  @Tag("process")
  void clientsThatStopHalfWayAreCutAndKeepNobodyElseWaiting() throws Exception {
    String half = "GET " + SHOP + " HTTP/1.1\r\nHost: x\r\nAuthoriz";
    String halfOfBody =
        "POST "
            + SHOP
            + "/backups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + KEEPER
            + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"kind\":";
    List<Socket> stuck = new ArrayList<>();
    try (ServerProcess serving =
        ServerProcess.start(
            ShopConfiguration.withoutDatabase(files())
                .variable("QUARKUS_HTTP_IDLE_TIMEOUT", "5s")
                .environment())) {
      for (int i = 0; i < 300; i++) {
        Socket socket = connect(serving);
        stuck.add(socket);
        String text = i % 3 == 0 ? "" : i % 3 == 1 ? half : halfOfBody;
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(serving.get(READER, SHOP).status()).isEqualTo(200);
      }
      for (Socket socket : stuck) {
        assertThat(isCut(socket)).isTrue();
      }
      assertThat(serving.get(READER, SHOP + "/jobs").json().path("items")).isEmpty();
    } finally {
      for (Socket socket : stuck) {
        socket.close();
      }
    }
  }

  private static boolean isCut(Socket socket) {
    try {
      socket.getInputStream().readAllBytes(); // an answer may come first
      return true;
    } catch (SocketTimeoutException still) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void whatIsNotThereFailsTheJobThatNamesIt() {
    TestServer database = TestServer.shared();
    try (TestSchema schema = database.freshSchema();
        TestUser user = database.freshUser("ALL PRIVILEGES ON *.*")) {
      schema.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      ShopConfiguration shop =
          shop(files(), addressOf(database), user).source("include", List.of(schema.name()));
      try (ServerProcess serving = ServerProcess.start(shop.environment())) {
        serving.await(READER, begin(serving, KEEPER, "/backups", "{}"), BadInputIT::isDone);
        String unknown = "20200101T000000Z-full-zzzzzz";
        assertThat(
                failure(
                    serving, RESTORER, "/restores", Map.of("target", "scratch", "backup", unknown)))
            .contains(unknown, "it has no manifest");
        assertThat(failure(serving, KEEPER, "/verifications", Map.of("backup", unknown)))
            .contains(unknown, "it has no manifest");
        assertThat(
                failure(
                    serving,
                    RESTORER,
                    "/restores",
                    Map.of("target", "scratch", "include", List.of("no_such.table"))))
            .contains("nothing in it is selected", schema.name());
        for (String mode : List.of("replace", "diff")) {
          ServerProcess.Answer refused =
              serving.post(
                  RESTORER,
                  SHOP + "/restores",
                  Json.line(Map.of("target", "scratch", "mode", mode)));
          assertThat(refused.status()).isEqualTo(422);
          assertThat(refused.json().path("hint").asText()).contains("overwrite");
        }
        for (String path : List.of("/restores", "/syncs")) {
          ServerProcess.Answer refused =
              serving.post(RESTORER, SHOP + path, "{\"target\": \"nowhere\"}");
          assertThat(refused.status()).isEqualTo(422);
          assertThat(refused.json().path("detail").asText()).contains("nowhere");
        }
        assertThat(
                serving
                    .post(RESTORER, "/api/v1/sources/nobody/restores", "{\"target\":\"scratch\"}")
                    .status())
            .isEqualTo(404);
      }
    }
  }

  @Test
  @Tag("process")
  void aStoreThatIsAwayAtStartIsUsedOnceItIsBack() {
    TestServer database = TestServer.shared();
    EmbeddedS3 s3 = EmbeddedS3.shared();
    String location = "s3://" + s3.newBucket("away");
    try (TestSchema schema = database.freshSchema();
        TestUser user = database.freshUser("ALL PRIVILEGES ON *.*");
        FaultyProxy proxy = FaultyProxy.before(s3.endpoint())) {
      schema.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      proxy.on(FaultyProxy.any()).drop();
      ShopConfiguration shop =
          shop(
                  Map.of("location", location, "endpoint", proxy.endpoint().toString()),
                  addressOf(database),
                  user)
              .source("include", List.of(schema.name()))
              .variable("AWS_REGION", "us-east-1")
              .variable("AWS_ACCESS_KEY_ID", s3.credentials().accessKey())
              .variable("AWS_SECRET_ACCESS_KEY", s3.credentials().secretKey());
      try (ServerProcess serving = ServerProcess.start(shop.environment())) {
        assertThat(serving.get("", "/q/health/live").status()).isEqualTo(200);
        // side by side, for each is tried for long
        List<CompletableFuture<ServerProcess.Answer>> asked =
            List.of(
                CompletableFuture.supplyAsync(() -> serving.get("", "/q/health/ready")),
                CompletableFuture.supplyAsync(() -> serving.post(KEEPER, SHOP + "/backups", "{}")));
        for (CompletableFuture<ServerProcess.Answer> answer : asked) {
          assertThat(answer.join().status()).as(answer.join().body()).isEqualTo(503);
        }
        assertThat(asked.getLast().join().response().headers().firstValue("Retry-After"))
            .isPresent();
        proxy.clearRules();
        serving.await(READER, begin(serving, KEEPER, "/backups", "{}"), BadInputIT::isDone);
        assertThat(serving.get("", "/q/health/ready").status()).isEqualTo(200);
      }
    }
  }

  @Test
  @Tag("process")
  void aJobWhoseDatabaseIsAwayIsDoneOnceItIsBack() {
    TestServer database = TestServer.shared();
    try (TestSchema schema = database.freshSchema();
        TestUser user = database.freshUser("ALL PRIVILEGES ON *.*");
        Gate gate = Gate.before(database)) {
      schema.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      ShopConfiguration shop =
          shop(files(), gate.address(), user).source("include", List.of(schema.name()));
      try (ServerProcess serving = ServerProcess.start(shop.environment())) {
        String job = begin(serving, KEEPER, "/backups", "{}");
        JsonNode waiting =
            serving.await(
                READER,
                job,
                it -> it.at("/activity/warnings").toString().contains("connection to the server"));
        assertThat(waiting.path("state").asText()).isEqualTo("running");
        assertThat(gate.turnedAway()).isPositive();
        gate.open();
        serving.await(READER, job, BadInputIT::isDone);
        assertThat(serving.get(READER, SHOP + "/backups").json().path("items")).hasSize(1);
      }
    }
  }

  /** On a file system of its own that is too small, which needs the right to mount one. */
  @Test
  @Tag("process")
  void aFullDiskFailsTheJobAndNotTheServer() throws Exception {
    assumeThat(mayMount()).as("unshare --user --mount and tmpfs").isTrue();
    TestServer database = TestServer.shared();
    try (TestSchema schema = database.freshSchema();
        TestUser user = database.freshUser("ALL PRIVILEGES ON *.*")) {
      schema.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300))",
          "INSERT INTO orders SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
              + Numbers.below(20_000));
      ShopConfiguration shop =
          shop(files(), addressOf(database), user).source("include", List.of(schema.name()));
      try (ServerProcess serving = ServerProcess.startBy(onSmallDisk(folder), shop.environment())) {
        String job = begin(serving, KEEPER, "/backups", "{}");
        JsonNode failed = serving.await(READER, job, BadInputIT::hasFailed);
        assertThat(failed.path("failure").toString())
            .contains("the disk is full", "Make room on the disk");
        assertThat(serving.isAlive()).isTrue();
        assertThat(serving.get(READER, SHOP + "/backups").json().path("items")).isEmpty();
        assertThat(serving.get("", "/q/health/ready").status()).isEqualTo(200);
      }
    }
  }

  private static List<String> onSmallDisk(Path folder) {
    return List.of(
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"",
        folder.toString());
  }

  private boolean mayMount() throws InterruptedException {
    List<String> command = new ArrayList<>(onSmallDisk(folder));
    command.add("true");
    try {
      Process tried =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return tried.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) && tried.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
