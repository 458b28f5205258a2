package io.varve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.repository.Json;
import io.varve.store.Sha256;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.Numbers;
import io.varve.testing.TestIssuer;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The API behind API Gateway: the program of api.zip, and the functions that do its work. */
@Tag("native")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayTest {

  private static final String SHOP = "/api/v1/sources/shop";
  private static final String READER = "reader-5f0c1f7e";
  private static final String RESTORER = "restorer-77c0d9aa";
  private static final String KEEPER = "keeper-9a1be2d3";
  private static final String ACCOUNT_ARN = "arn:aws:iam::123456789012:";
  private static final String SESSION_ARN = "arn:aws:sts::123456789012:assumed-role/";

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestUser user = server.freshUser("ALL PRIVILEGES ON *.*");
  private final EmbeddedS3 s3 = EmbeddedS3.shared();
  private final TestIssuer issuer = new TestIssuer();
  private final Map<String, String> environment =
      environment("s3://" + s3.newBucket("gateway") + "/shops");
  private final Executions executions = new Executions(environment);
  private final GatewayProcess api = new GatewayProcess(ofApi());

  GatewayTest() {
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, SHA2(n, 512) FROM " + Numbers.below(2_000));
    copy.execute("DROP DATABASE " + copy.name());
  }

  @AfterAll
  void close() {
    api.close();
    executions.close();
    issuer.close();
    schema.close();
    copy.close();
    user.close();
  }

  private Map<String, String> environment(String location) {
    Map<String, ?> database =
        Map.of(
            "address",
            "mysql://" + server.host() + ":" + server.port(),
            "credentials",
            Map.of("user", user.name(), "passwordVariable", "PASSWORD"));
    Map<String, Object> source = new HashMap<>(database);
    source.put("include", List.of(schema.name()));
    source.put("schedules", Map.of("incremental", Map.of("cron", "0 * * * *")));
    Map<String, ?> document =
        Map.of(
            "store",
            s3.configured(location),
            "sources",
            Map.of("shop", source),
            "targets",
            Map.of("scratch", database),
            "server",
            Map.of(
                "tokens",
                Map.of(
                    "reader", token(READER, "read"),
                    "keeper", token(KEEPER, "backup"),
                    "restorer", token(RESTORER, "restore")),
                "iam",
                Map.of(ACCOUNT_ARN + "role/teams/on-call", List.of("backup")),
                "oidc",
                Map.of(
                    "issuer",
                    issuer.address(),
                    "audience",
                    "varve",
                    "roles",
                    Map.of("dba", List.of("backup")))));
    return Map.of(
        "VARVE_CONFIG",
        Json.line(document),
        "PASSWORD",
        user.password(),
        "AWS_REGION",
        "eu-central-1",
        "AWS_ACCESS_KEY_ID",
        s3.credentials().accessKey(),
        "AWS_SECRET_ACCESS_KEY",
        s3.credentials().secretKey());
  }

  /** It is told no password: it has no business with databases. */
  private Map<String, String> ofApi() {
    Map<String, String> variables = new HashMap<>(environment);
    variables.remove("PASSWORD");
    variables.put("VARVE_STATE_MACHINE", Executions.ARN);
    variables.put("AWS_ENDPOINT_URL_SFN", executions.endpoint().toString());
    return variables;
  }

  private static Map<String, ?> token(String token, String role) {
    String hash = HexFormat.of().formatHex(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
    return Map.of("sha256", hash, "roles", List.of(role));
  }

  private JsonNode ended(GatewayProcess.Answer begun) throws InterruptedException {
    assertThat(begun.status()).as(begun.body() + "\n" + api.log()).isEqualTo(202);
    JsonNode job = begun.json();
    for (int i = 0; i < 600 && job.path("state").asText().matches("running|ending"); i++) {
      Thread.sleep(100);
      job = api.get(READER, SHOP + "/jobs/" + job.path("id").asText()).json();
    }
    return job;
  }

  @Test
  void aBackupIsMadeAndRestoredByFunctions() throws Exception {
    GatewayProcess.Answer begun =
        api.ask(
            "POST",
            KEEPER,
            SHOP + "/backups",
            Map.of("content-type", "application/json", "idempotency-key", "monday"),
            "{\"tags\": [\"by-api\"]}");
    JsonNode backup = ended(begun);
    assertThat(begun.header("location")).endsWith(SHOP + "/jobs/" + backup.path("id").asText());
    assertThat(backup.path("state").asText()).as(backup.toString()).isEqualTo("done");
    String id = backup.at("/report/backupId").asText();

    GatewayProcess.Answer again =
        api.ask(
            "POST",
            KEEPER,
            SHOP + "/backups",
            Map.of("content-type", "application/json", "idempotency-key", "monday"),
            "{\"tags\": [\"by-api\"]}");
    assertThat(again.json().path("id")).isEqualTo(backup.path("id"));
    assertThat(executions.begun()).containsOnlyOnce(backup.path("id").asText());

    JsonNode list = api.get(READER, SHOP + "/backups?limit=1").json();
    assertThat(list.at("/items/0/id").asText()).isEqualTo(id);
    GatewayProcess.Answer tables = api.get(READER, SHOP + "/backups/" + id + "/tables");
    assertThat(tables.json().at("/items/0/table").asText()).isEqualTo("orders");
    assertThat(
            api.ask(
                    "GET",
                    READER,
                    SHOP + "/backups/" + id,
                    Map.of("if-none-match", tables.header("etag")),
                    "")
                .status())
        .isEqualTo(304);
    assertThat(api.get(READER, SHOP).json().at("/next/incremental").asText()).isNotEmpty();

    String restore =
        "{\"target\": \"scratch\", \"renames\": {\"%s\": \"%s\"}%s}"
            .formatted(schema.name(), copy.name(), "%s");
    JsonNode plan =
        ended(api.post(RESTORER, SHOP + "/restores", restore.formatted(", \"dryRun\": true")));
    assertThat(plan.path("state").asText()).as(plan.toString()).isEqualTo("done");
    JsonNode done = ended(api.post(RESTORER, SHOP + "/restores", restore.formatted("")));
    assertThat(done.path("state").asText()).as(done.toString()).isEqualTo("done");
    assertThat(server.rows("SELECT COUNT(*) FROM " + copy.name() + ".orders"))
        .containsExactly(List.of("2000"));
  }

  @Test
  void whoeverSignsWithCredentialsOfAwsMayDoWhatTheirRoleMay() throws Exception {
    String onCall = SESSION_ARN + "on-call/ann";
    JsonNode job = ended(api.signed(onCall, "POST", SHOP + "/backups", "{\"tags\": [\"äß\"]}"));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
    String id = job.at("/report/backupId").asText();
    assertThat(api.signed(onCall, "GET", SHOP + "/backups/" + id, "").body()).contains("äß");
    assertThat(api.signed(onCall, "POST", SHOP + "/restores", "{\"target\": \"scratch\"}").status())
        .isEqualTo(403);
    for (String other :
        List.of(
            SESSION_ARN + "another/ann",
            "arn:aws:sts::999999999999:assumed-role/on-call/ann",
            ACCOUNT_ARN + "user/on-call")) {
      assertThat(api.signed(other, "GET", SHOP, "").status()).as(other).isEqualTo(403);
    }
  }

  @Test
  void aTokenThatApiGatewayHasSeenIsVerifiedOnceMore() throws Exception {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims =
        Map.of(
            "iss",
            issuer.address(),
            "aud",
            "varve",
            "sub",
            "ann",
            "exp",
            now + 600,
            "roles",
            List.of("dba"));
    Map<String, String> shown =
        Map.of("iss", issuer.address(), "aud", "varve", "sub", "ann", "roles", "[dba]");
    JsonNode job = ended(api.withJwt(issuer.rs256(claims), shown, "POST", SHOP + "/backups", "{}"));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
    String forged = issuer.forged("rsa-1", claims);
    assertThat(api.withJwt(forged, shown, "GET", SHOP, "").status()).isEqualTo(401);
  }

  @Test
  void nothingIsOpenWithoutATokenAndARole() {
    assertThat(api.get("", SHOP).status()).isEqualTo(401);
    assertThat(api.get("wrong", SHOP).status()).isEqualTo(401);
    assertThat(api.get("", "/q/openapi").status()).isEqualTo(401);
    assertThat(api.post(READER, SHOP + "/backups", "{}").status()).isEqualTo(403);
    assertThat(api.post(KEEPER, SHOP + "/restores", "{\"target\": \"scratch\"}").status())
        .isEqualTo(403);
    assertThat(api.get(READER, "/q/openapi").body()).contains("/api/v1/sources/{source}/restores");
  }

  @Test
  void whatCannotBeDoneIsAProblem() {
    assertThat(api.post(KEEPER, SHOP + "/backups", "{").status()).isEqualTo(400);
    assertThat(api.post(KEEPER, SHOP + "/backups", "{\"kind\": 7}").status()).isEqualTo(422);
    assertThat(api.post(RESTORER, SHOP + "/restores", "{\"target\": \"nowhere\"}").status())
        .isEqualTo(422);
    assertThat(api.get(READER, "/api/v1/sources/..%2f..%2fetc").status()).isEqualTo(404);
    // an answer is sent as one here, within 30 seconds: there are no events
    assertThat(api.get(READER, SHOP + "/jobs/nothing/events").status()).isEqualTo(404);
    GatewayProcess.Answer pause = api.post(KEEPER, SHOP + "/schedules/incremental/pause", "");
    assertThat(pause.status()).isEqualTo(422);
    assertThat(pause.json().path("detail").asText()).contains("EventBridge");
    assertThat(pause.header("content-type")).contains("application/problem+json");
  }

  @Test
  void aJobThatCannotBeBegunIsSaidAndBegunWhenAskedForAgain() throws Exception {
    Map<String, String> once =
        Map.of("content-type", "application/json", "idempotency-key", "tuesday");
    executions.refuse(true);
    GatewayProcess.Answer refused = api.ask("POST", KEEPER, SHOP + "/backups", once, "{}");
    executions.refuse(false);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.body()).doesNotContain("authorized");
    assertThat(api.log()).contains("states:StartExecution");

    JsonNode job = ended(api.ask("POST", KEEPER, SHOP + "/backups", once, "{}"));
    assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
  }

  @Test
  void withoutItsVariablesItSaysWhatIsMissing() {
    Map<String, String> without = new HashMap<>(ofApi());
    without.remove("VARVE_STATE_MACHINE");
    try (GatewayProcess broken = new GatewayProcess(without)) {
      assertThat(broken.get(READER, SHOP).status()).isEqualTo(500);
      assertThat(broken.log()).contains("VARVE_STATE_MACHINE");
    }
  }
}
