package io.varve.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.repository.Json;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.store.ObjectStore;
import io.varve.store.Stores;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.FaultyProxy;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Functions, called as Lambda calls them; where one is killed or told to end, or what it logs or
 * takes matters, in a process of its own.
 */
class FunctionsTest {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final int MOST_CALLS = 40;

  /** Some 16 parts. */
  private static final int ORDERS = 4_000;

  /** For a store that takes longer; long enough for a busy machine to begin. */
  private static final Duration TOO_SHORT = Duration.ofSeconds(8);

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestUser user = server.freshUser("ALL PRIVILEGES ON *.*");
  private final EmbeddedS3 s3 = EmbeddedS3.shared();
  private final String location = "s3://" + s3.newBucket("functions") + "/some/prefix";

  FunctionsTest() {
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
            + Numbers.below(ORDERS));
    server.rows("ANALYZE TABLE " + schema.name() + ".orders");
    copy.execute("DROP DATABASE " + copy.name());
    System.setProperty("aws.accessKeyId", s3.credentials().accessKey());
    System.setProperty("aws.secretAccessKey", s3.credentials().secretKey());
  }

  @AfterEach
  void close() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    schema.close();
    copy.close();
    user.close();
  }

  private Map<String, String> environment() {
    return environment(Map.of());
  }

  /**
   * @param ofSource more fields of the source
   */
  private Map<String, String> environment(Map<String, ?> ofSource) {
    return environment(ofSource, user.name(), user.password());
  }

  private Map<String, String> environment(
      Map<String, ?> ofSource, String targetUser, String targetPassword) {
    String address = "mysql://" + server.host() + ":" + server.port();
    Map<String, Object> source = new HashMap<>();
    source.put("address", address);
    source.put("credentials", Map.of("user", user.name(), "passwordVariable", "SOURCE_PASSWORD"));
    source.put("include", List.of(schema.name()));
    source.put("parallel", 2);
    source.put("partSize", "64K");
    source.putAll(ofSource);
    Map<String, Object> target =
        Map.of(
            "address",
            address,
            "credentials",
            Map.of("user", targetUser, "passwordVariable", "TARGET_PASSWORD"),
            "parallel",
            2);
    Map<String, Object> overwritten = new HashMap<>(target);
    overwritten.put("overwrite", true);
    String configuration =
        Json.line(
            Map.of(
                "store",
                s3.configured(location),
                "sources",
                Map.of("shop", source),
                "targets",
                Map.of("staging", target, "standby", overwritten)));
    return Map.of(
        "VARVE_CONFIG",
        configuration,
        "SOURCE_PASSWORD",
        user.password(),
        "TARGET_PASSWORD",
        targetPassword,
        "AWS_ACCESS_KEY_ID",
        s3.credentials().accessKey(),
        "AWS_SECRET_ACCESS_KEY",
        s3.credentials().secretKey(),
        "AWS_REGION",
        "us-east-1");
  }

  /** A source from which a backup takes some seconds. */
  private Map<String, String> slowly() {
    return environment(Map.of("limitRate", "200K"));
  }

  /** A store into which a part takes its time. */
  private FaultyProxy slowStore() {
    FaultyProxy store = FaultyProxy.before(s3.endpoint());
    store
        .on(FaultyProxy.method("PUT").and(FaultyProxy.path("/parts/")))
        .delay(Duration.ofMillis(2500));
    return store;
  }

  private Map<String, String> through(FaultyProxy store) {
    Map<String, String> environment = new HashMap<>(environment());
    environment.computeIfPresent(
        "VARVE_CONFIG",
        (name, text) -> text.replace(s3.endpoint().toString(), store.endpoint().toString()));
    return environment;
  }

  private CalledFunction function(String handler) {
    return CalledFunction.of(handler, environment());
  }

  private Outcome call(String handler, String event) {
    try (CalledFunction function = function(handler)) {
      return function.call(event);
    }
  }

  private <T> T inRepository(Function<SourceRepository, T> asked) {
    try (ObjectStore store = Stores.open(location, s3.options());
        Repository repository = Repository.open(store)) {
      return asked.apply(repository.source("shop"));
    }
  }

  private List<Summary> backups() {
    return inRepository(SourceRepository::backups);
  }

  private static Outcome done(Outcome outcome) {
    assertThat(outcome.state()).as(outcome.body().toString()).isEqualTo("DONE");
    return outcome;
  }

  private static void fails(Outcome outcome, String error, String... words) {
    assertThat(outcome.error()).as(outcome.body().toString()).isEqualTo(error);
    assertThat(outcome.message()).contains(words);
  }

  private String renames() {
    return "{\"" + schema.name() + "\":\"" + copy.name() + "\"}";
  }

  private String restoreEvent(String more) {
    return "{\"source\":\"shop\",\"target\":\"staging\",\"renames\":" + renames() + more + "}";
  }

  @Test
  void aDatabaseIsBackedUpAndChangedAndRestoredAndVerifiedAndPruned() {
    try (FunctionProcess backup = new FunctionProcess("backup", environment())) {
      Outcome full = done(backup.call("{\"source\":\"shop\",\"kind\":\"full\"}"));
      schema.execute("UPDATE orders SET v='changed' WHERE id=7", "DELETE FROM orders WHERE id=9");
      Outcome incremental =
          done(backup.call("{\"source\":\"shop\",\"job\":\"nightly-1\",\"tags\":[\"night\"]}"));
      assertThat(incremental.text("job")).isEqualTo("nightly-1");
      assertThat(incremental.text("parent")).isEqualTo(full.text("backupId"));
      assertThat(backup.log()).contains("\"job\":\"nightly-1\"");
    }
    Outcome plan = done(call("restore", restoreEvent(",\"dryRun\":true")));
    assertThat(plan.body().path("tables").size()).isEqualTo(1);
    Outcome restored = done(call("restore", restoreEvent("")));
    assertThat(restored.body().path("verified").asBoolean()).isTrue();
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));

    Outcome verified = done(call("verify", "{\"source\":\"shop\",\"readData\":100}"));
    assertThat(verified.body().path("backups").asInt()).isEqualTo(2);

    Outcome pruned = done(call("prune", "{\"source\":\"shop\",\"keep\":{\"last\":1}}"));
    assertThat(pruned.body().path("deletedBackups").asInt()).isEqualTo(1);
    assertThat(backups()).hasSize(1);
  }

  @Test
  void aStandbyFollowsItsSource() {
    String event = "{\"source\":\"shop\",\"target\":\"standby\",\"renames\":" + renames() + "}";
    try (CalledFunction sync = function("sync")) {
      done(sync.call(event));
      schema.execute("UPDATE orders SET v='changed' WHERE id=7");
      Outcome second = done(sync.call(event));
      assertThat(second.body().at("/restore/touched/rangesReplaced").asInt()).isEqualTo(1);
    }
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  @Test
  void aDrillShowsThatABackupRestores() {
    Outcome backup = done(call("backup", "{\"source\":\"shop\"}"));
    Outcome drill =
        done(call("drill", "{\"source\":\"shop\",\"target\":\"staging\",\"job\":\"drill-1\"}"));
    assertThat(drill.text("backupId")).isEqualTo(backup.text("backupId"));
    assertThat(drill.body().path("rows").asInt()).isEqualTo(ORDERS);
    assertThat(drill.body().path("schemasDropped").asInt()).isEqualTo(1);
    assertThat(server.rows("SHOW DATABASES LIKE 'varve\\_drill\\_%'")).isEmpty();
  }

  @Test
  void severalCallsMakeOneBackupAndSeveralRestoreIt() {
    Outcome plan =
        done(
            call(
                "plan",
                "{\"source\":\"shop\",\"job\":\"big\",\"kind\":\"full\",\"workers\":2,"
                    + "\"snapshots\":\"shared\"}"));
    assertThat(work(plan))
        .allSatisfy(
            share -> assertThat(share.body().path("inSharedSnapshot").asBoolean()).isTrue());
    schema.execute("UPDATE orders SET v='later' WHERE id=7");
    Outcome finished = done(call("finish", plan.body().path("finish").toString()));
    assertThat(finished.text("backupId")).isEqualTo(plan.text("backupId"));
    assertThat(done(call("finish", plan.body().path("finish").toString())).body())
        .isEqualTo(finished.body());
    schema.execute("UPDATE orders SET v=CONCAT(SHA2(id, 512), SHA2(-id, 512)) WHERE id=7");

    Outcome planned = done(call("plan", restoreEvent(",\"job\":\"copy\",\"workers\":2")));
    assertThat(work(planned).stream().mapToInt(share -> share.body().path("rows").asInt()).sum())
        .as("each row is loaded once")
        .isEqualTo(ORDERS);
    done(call("finish", planned.body().path("finish").toString()));
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  /** Calls the function work for each share at once. */
  private List<Outcome> work(Outcome plan) {
    Map<CalledFunction, CompletableFuture<Outcome>> calls = new LinkedHashMap<>();
    try {
      for (JsonNode event : plan.body().path("work")) {
        CalledFunction worker = function("work");
        String request = "request-" + calls.size();
        calls.put(worker, worker.begin(request, event.toString(), LONGEST_WAIT));
      }
      List<Outcome> outcomes = new ArrayList<>();
      calls.forEach((worker, call) -> outcomes.add(done(worker.await(call))));
      return outcomes;
    } finally {
      calls.keySet().forEach(CalledFunction::close);
    }
  }

  /** By a backup, so that a call of a few seconds has them for its own. */
  private void makeRepository() {
    done(call("backup", "{\"source\":\"shop\"}"));
  }

  @Test
  @Tag("process")
  void callsThatAreTooShortGoOnUntilTheJobIsDone() {
    makeRepository();
    Set<String> tokens = new HashSet<>();
    try (FaultyProxy store = slowStore();
        CalledFunction backup = CalledFunction.of("backup", through(store))) {
      String event = "{\"source\":\"shop\",\"kind\":\"full\",\"job\":\"night\"";
      Outcome outcome = backup.call(event + "}", TOO_SHORT);
      while (outcome.state().equals("CONTINUE") && tokens.size() < MOST_CALLS) {
        assertThat(tokens.add(outcome.token())).as("a token of its own").isTrue();
        outcome = backup.call(event + ",\"token\":\"" + outcome.token() + "\"}", TOO_SHORT);
      }
      assertThat(tokens).as(outcome.body().toString()).isNotEmpty();
      done(outcome);
    }
    assertThat(backups()).hasSize(2);
  }

  @Test
  @Tag("process")
  void anOldTokenIsAnsweredWithTheNewestAndNothingIsDone() {
    makeRepository();
    try (FaultyProxy store = slowStore();
        CalledFunction backup = CalledFunction.of("backup", through(store))) {
      String event = "{\"source\":\"shop\",\"kind\":\"full\",\"job\":\"night\"";
      Outcome first = backup.call(event + "}", TOO_SHORT);
      assertThat(first.state()).as(first.body().toString()).isEqualTo("CONTINUE");
      Outcome again = backup.call(event + "}", TOO_SHORT);
      assertThat(again.body()).isEqualTo(first.body());
      Outcome second = backup.call(event + ",\"token\":\"" + first.token() + "\"}", TOO_SHORT);
      assertThat(second.body()).isNotEqualTo(first.body());
      Outcome old = backup.call(event + ",\"token\":\"" + first.token() + "\"}");
      assertThat(old.body()).isEqualTo(second.body());
    }
  }

  @Test
  void anEventDeliveredTwiceIsDoneOnceAndAnsweredAlike() {
    String event = "{\"source\":\"shop\",\"kind\":\"full\"}";
    try (CalledFunction one = function("backup");
        CalledFunction other = function("backup")) {
      Outcome first = done(one.await(one.begin("request-1", event, LONGEST_WAIT)));
      Outcome again = done(other.await(other.begin("request-1", event, LONGEST_WAIT)));
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(first.text("job")).isEqualTo("request-1");
    }
    assertThat(backups()).hasSize(1);
  }

  @Test
  void aRestoreDeliveredTwiceIsDoneOnceThoughTheLatestIsAnotherByThen() {
    Outcome first = done(call("backup", "{\"source\":\"shop\"}"));
    String event = restoreEvent(",\"job\":\"friday\"");
    Outcome restored = done(call("restore", event));
    done(call("backup", "{\"source\":\"shop\"}"));
    Outcome again = done(call("restore", event));
    assertThat(again.body()).isEqualTo(restored.body());
    assertThat(again.text("backupId")).isEqualTo(first.text("backupId"));
  }

  /** Between the two it could be killed: a server that refuses one of them makes a test of it. */
  @Test
  void aRestoreThatEndsBeforeItsLedgerGoesIsAnsweredAsDone() {
    done(call("backup", "{\"source\":\"shop\"}"));
    try (TestUser lesser =
        server.freshUser(
            "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES ON *.*")) {
      Map<String, String> environment = environment(Map.of(), lesser.name(), lesser.password());
      try (CalledFunction restore = CalledFunction.of("restore", environment)) {
        String event = restoreEvent(",\"job\":\"friday\"");
        fails(restore.call(event), "InvalidRequestException", "ledger");
        server.execute("GRANT DROP ON *.* TO '" + lesser.name() + "'@'%'");
        Outcome again = done(restore.call(event));
        assertThat(again.body().path("verified").asBoolean()).isTrue();
      }
    }
    assertThat(server.rows("SHOW TABLES FROM " + copy.name())).hasSize(1);
  }

  @ParameterizedTest
  @Tag("process")
  @ValueSource(ints = {0, 900})
  void aFunctionThatIsKilledGoesOnWhenTheEventIsDeliveredAgain(int milliseconds) {
    String event = "{\"source\":\"shop\",\"kind\":\"full\",\"job\":\"night\"}";
    try (FunctionProcess killed = new FunctionProcess("backup", slowly());
        CalledFunction next = function("backup")) {
      CompletableFuture<Outcome> call = killed.begin("request-1", event, LONGEST_WAIT);
      await(() -> killed.log().contains("\"phase\":\"reading\""));
      // kills at different moments of the work: not a wait for anything
      CompletableFuture.runAsync(
              killed::kill,
              CompletableFuture.delayedExecutor(
                  milliseconds, java.util.concurrent.TimeUnit.MILLISECONDS))
          .join();
      assertThat(call).isNotDone();
      done(next.await(next.begin("request-1", event, LONGEST_WAIT)));
    }
    assertThat(backups()).hasSize(1);
  }

  @Test
  @Tag("process")
  void oneJobIsWorkedOnByOneCallAtATime() {
    String event = "{\"source\":\"shop\",\"kind\":\"full\",\"job\":\"night\"}";
    try (FunctionProcess one =
            new FunctionProcess("backup", environment(Map.of("limitRate", "64K")));
        CalledFunction other = function("backup")) {
      CompletableFuture<Outcome> call = one.begin("request-1", event, LONGEST_WAIT);
      await(() -> one.log().contains("\"phase\":\"reading\""));
      fails(other.call(event, Duration.ofSeconds(4)), "RetryLaterException", "at work there");
      assertThat(call).as("the call at work").isNotDone();
      one.kill();
      done(other.call(event));
    }
    assertThat(backups()).hasSize(1);
  }

  @Test
  @Tag("process")
  void toldToEndItLeavesWhatTheNextCallGoesOnWith() {
    String event = "{\"source\":\"shop\",\"kind\":\"full\",\"job\":\"night\"}";
    try (FunctionProcess ended = new FunctionProcess("backup", slowly())) {
      CompletableFuture<Outcome> call = ended.begin("request-1", event, LONGEST_WAIT);
      await(() -> ended.log().contains("\"phase\":\"reading\""));
      assertThat(call).isNotDone();
      ended.term();
      ended.exitCode();
    }
    assertThat(inRepository(SourceRepository::openJobs))
        .as("the job has said that it was stopped")
        .anyMatch(job -> job.pieces().getLast().state().equals("stopped"));
    done(call("backup", event));
    assertThat(backups()).hasSize(1);
  }

  @Test
  @Tag("process")
  void withoutTheRuntimeApiItEndsAndTheAnswerIsThereForTheNextDelivery() {
    String event = "{\"source\":\"shop\",\"kind\":\"full\",\"job\":\"night\"}";
    try (FunctionProcess alone =
        new FunctionProcess("backup", environment(Map.of("limitRate", "500K")))) {
      CompletableFuture<Outcome> call = alone.begin("request-1", event, LONGEST_WAIT);
      await(() -> alone.log().contains("\"phase\":\"reading\""));
      assertThat(call).isNotDone();
      alone.loseRuntime();
      alone.exitCode();
    }
    done(call("backup", event));
    assertThat(backups()).hasSize(1);
  }

  /** Of an event that is refused. */
  private record Bad(String event, String words) {}

  private void refuses(String handler, Bad... events) {
    try (CalledFunction function = function(handler)) {
      for (Bad bad : events) {
        Outcome outcome = function.call(bad.event());
        fails(outcome, "InvalidRequestException", bad.words());
        if (outcome.message().matches(".*(unknown field|must be|is missing|no JSON object).*")) {
          assertThat(FunctionsSchema.faults(handler + "-event", Outcome.tree(bad.event())))
              .as("what the schema says to " + bad.event())
              .isNotEmpty();
        }
      }
    }
  }

  @Test
  void aBadEventForABackupIsRefusedWithWhatIsWrong() {
    refuses(
        "backup",
        new Bad("{\"source\":\"shop\"", "not JSON"),
        new Bad("[1]", "no JSON object"),
        new Bad("{}", "field source is missing"),
        new Bad("{\"source\":7}", "field source must be a text"),
        new Bad("{\"source\":null}", "field source must be a text"),
        new Bad("{\"source\":\"shop\",\"sauce\":1}", "unknown field: sauce"),
        new Bad("{\"source\":\"shop\",\"kind\":\"half\"}", "field kind must be one of"),
        new Bad("{\"source\":\"shop\",\"tags\":[1]}", "field tags[0] must be a text"),
        new Bad("{\"source\":\"shop\",\"source\":\"shop\"}", "not JSON"),
        new Bad("{\"source\":\"shop\",\"kind\":\"full\",\"parent\":\"latest\"}", "no parent"),
        new Bad("{\"source\":\"shop\",\"job\":\"../x\"}", "name of the job"),
        new Bad("{\"source\":\"shop\",\"token\":\"x\"}", "token of the event"),
        new Bad("{\"source\":\"shop\",\"token\":\"night.1\"}", "job night"),
        new Bad("{\"source\":\"shop\",\"job\":\"a\",\"token\":\"b.1\"}", "of another job"),
        new Bad("{\"source\":\"nowhere\"}", "nowhere"));
  }

  @Test
  void aBadEventForARestoreIsRefusedWithWhatIsWrong() {
    done(call("backup", "{\"source\":\"shop\"}"));
    refuses(
        "restore",
        new Bad("{\"source\":\"shop\",\"target\":\"nowhere\"}", "nowhere"),
        new Bad("{\"source\":\"shop\",\"target\":\"staging\",\"mode\":\"diff\"}", "overwrite"),
        new Bad("{\"source\":\"shop\",\"target\":\"staging\",\"renames\":{\"a\":1}}", "renames.a"),
        new Bad("{\"source\":\"shop\",\"target\":\"staging\",\"definer\":\"me\"}", "definer"));
  }

  @Test
  void aBadEventForAVerificationIsRefusedWithWhatIsWrong() {
    done(call("backup", "{\"source\":\"shop\"}"));
    refuses(
        "verify",
        new Bad("{\"source\":\"shop\",\"readData\":101}", "field readData must be a whole number"),
        new Bad("{\"source\":\"nowhere\"}", "nowhere"));
  }

  @Test
  void aBadEventForAPlanOrItsWorkersIsRefusedWithWhatIsWrong() {
    refuses(
        "plan",
        new Bad("{\"source\":\"shop\"}", "workers must be a whole number from 1 to 1000"),
        new Bad("{\"source\":\"shop\",\"workers\":1001}", "workers must be a whole number"),
        new Bad("{\"source\":\"shop\",\"workers\":2,\"mode\":\"diff\"}", "unknown field: mode"));
    done(call("backup", "{\"source\":\"shop\"}"));
    refuses(
        "work",
        new Bad("{\"source\":\"shop\"}", "plan is missing"),
        new Bad("{\"source\":\"shop\",\"plan\":\"other\"}", "no plan of a backup of that name"),
        new Bad(
            "{\"source\":\"shop\",\"plan\":\"third\",\"target\":\"staging\"}",
            "no plan of a restore of that name"));
    done(call("plan", "{\"source\":\"shop\",\"job\":\"two\",\"workers\":2}"));
    refuses(
        "work",
        new Bad("{\"source\":\"shop\",\"plan\":\"two\",\"worker\":2}", "there is no worker 2"));
  }

  @Test
  void aBadEventForAPruneIsRefusedWithWhatIsWrong() {
    refuses(
        "prune",
        new Bad("{\"source\":\"shop\"}", "keep"),
        new Bad("{\"source\":\"shop\",\"keep\":{}}", "keep"),
        new Bad("{\"source\":\"shop\",\"keep\":{\"lats\":1}}", "unknown field: keep.lats"),
        new Bad("{\"source\":\"shop\",\"keep\":{\"within\":\"soon\"}}", "keep.within"));
  }

  @Test
  void aStandbyThatMayNotBeOverwrittenIsRefused() {
    refuses("sync", new Bad("{\"source\":\"shop\",\"target\":\"staging\"}", "overwrite"));
  }

  @Test
  void anOversizedEventIsRefused() {
    String event = "{\"source\":\"shop\",\"tags\":[\"" + "x".repeat(300 << 10) + "\"]}";
    fails(call("backup", event), "InvalidRequestException", "larger than 262144 bytes");
  }

  @Test
  void aNameStandsForOneThingThatWasAskedFor() {
    try (CalledFunction backup = function("backup")) {
      Outcome first = done(backup.call("{\"source\":\"shop\",\"job\":\"a\",\"kind\":\"full\"}"));
      Outcome otherOrder =
          done(backup.call("{\"kind\":\"full\",\"job\":\"a\",\"source\":\"shop\"}"));
      assertThat(otherOrder.body()).isEqualTo(first.body());
      fails(
          backup.call("{\"source\":\"shop\",\"job\":\"a\"}"),
          "InvalidRequestException",
          "asked for something else");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1900})
  void withTooLittleTimeItBeginsNothing(int milliseconds) {
    try (CalledFunction backup = function("backup")) {
      fails(
          backup.call("{\"source\":\"shop\"}", Duration.ofMillis(milliseconds)),
          "RetryLaterException",
          "ms left");
      done(backup.call("{\"source\":\"shop\"}"));
    }
  }

  @Test
  void tooLittleMemoryIsSaidBeforeItIsTaken() {
    Map<String, String> environment = environment(Map.of("partSize", "64M", "parallel", 8));
    try (FunctionProcess backup = new FunctionProcess("backup", environment)) {
      fails(
          backup.call("{\"source\":\"shop\"}"),
          "InvalidRequestException",
          "16 parts of 64 MiB at the same time take 1024 MiB",
          "more memory");
    }
  }

  @Test
  void aFunctionOfAnUnknownNameDoesNotStart() {
    try (FunctionProcess unknown = new FunctionProcess("bakcup", environment())) {
      JsonNode error = unknown.initError();
      assertThat(error.path("errorType").asText()).isEqualTo("io.varve.InvalidRequestException");
      assertThat(error.path("errorMessage").asText())
          .contains("'bakcup'", "backup, restore, verify, prune, sync");
      assertThat(unknown.exitCode()).isNotZero();
    }
  }

  @Test
  void noPasswordIsLogged() {
    Map<String, String> environment = new HashMap<>(environment());
    environment.put("SOURCE_PASSWORD", "wrong-but-secret");
    try (FunctionProcess backup = new FunctionProcess("backup", environment)) {
      assertThat(backup.call("{\"source\":\"shop\"}").error()).isEqualTo("InvalidRequestException");
      assertThat(backup.log()).contains("\"event\":\"failed\"").doesNotContain("wrong-but-secret");
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it comes about").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
