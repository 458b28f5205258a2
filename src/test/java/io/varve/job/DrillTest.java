package io.varve.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.configuration.Configuration;
import io.varve.repository.Json;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.repository.RequestEntry;
import io.varve.repository.SourceRepository;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.GlobalSettings;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import io.varve.testing.WrappedStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restore drills. Their user may touch no schema but theirs. */
class DrillTest {

  private static final int ROWS = 1_500;
  private static final int MOST_STEPS = 200;
  private static final Duration CALL = Duration.ofSeconds(3); // of which 2.5 are for work

  /** Nothing that is done takes notice of it. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final TestServer server = TestServer.shared();
  private final TestSchema shop = server.freshSchema();
  private final TestSchema books = server.freshSchema();
  private final TestUser reader = server.freshUser("ALL PRIVILEGES ON *.*");
  private final TestUser driller = server.freshUser("ALL PRIVILEGES ON `varve\\_drill\\_%`.*");
  private final GlobalSettings settings =
      GlobalSettings.on(server).with("log_bin_trust_function_creators", 1);
  private final RepositoryFiles files;
  private final Repository repository;
  private final Jobs jobs;
  private volatile Consumer<String> beforeEach = key -> {};

  DrillTest(@TempDir Path folder) {
    files = new RepositoryFiles(folder);
    repository =
        Jobs.openOrCreate(
            new WrappedStore(
                Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
                key -> beforeEach.accept(key)));
    jobs = new Jobs(configuration(folder), Clock.systemUTC());
  }

  private Configuration configuration(Path folder) {
    String address = "mysql://" + server.host() + ":" + server.port();
    Map<String, ?> document =
        Map.of(
            "store",
            Map.of("location", folder.toUri().toString()),
            "sources",
            Map.of(
                "shop",
                Map.of(
                    "address",
                    address,
                    "credentials",
                    Map.of("user", reader.name(), "passwordVariable", "READER"),
                    "include",
                    List.of(shop.name(), books.name()),
                    "partSize",
                    "64K",
                    "parallel",
                    2)),
            "targets",
            Map.of(
                "scratch",
                Map.of(
                    "address",
                    address,
                    "credentials",
                    Map.of("user", driller.name(), "passwordVariable", "DRILLER"),
                    "parallel",
                    2)));
    return Configuration.load(
        Map.of(
            "VARVE_CONFIG",
            Json.line(document),
            "READER",
            reader.password(),
            "DRILLER",
            driller.password()));
  }

  @BeforeEach
  void backUp() {
    shop.execute(
        "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(200) NOT NULL, KEY by_name (name))"
            + " ENGINE=InnoDB",
        "INSERT INTO customers SELECT n, CONCAT(SHA2(n, 512), n) FROM " + Numbers.below(ROWS),
        "CREATE VIEW some AS SELECT id FROM customers WHERE id < 10",
        "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n",
        "CREATE EVENT often ON SCHEDULE EVERY 1 DAY DO DELETE FROM customers WHERE id < 0");
    books.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, customer INT NOT NULL, FOREIGN KEY (customer)"
            + " REFERENCES "
            + shop.name()
            + ".customers (id)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, n FROM " + Numbers.below(ROWS),
        "CREATE VIEW named AS SELECT o.id, c.name FROM orders o JOIN "
            + shop.name()
            + ".customers c ON c.id = o.customer",
        "CREATE PROCEDURE forget() DELETE FROM orders",
        "CREATE TRIGGER twice BEFORE INSERT ON orders FOR EACH ROW SET NEW.customer = "
            + shop.name()
            + ".twice(NEW.customer)");
    done(run(JobKind.BACKUP, "first", "{\"source\":\"shop\",\"kind\":\"full\"}"));
  }

  @AfterEach
  void close() {
    scratch().forEach(name -> server.execute("SET foreign_key_checks=0", "DROP DATABASE " + name));
    repository.close();
    settings.close();
    driller.close();
    reader.close();
    books.close();
    shop.close();
  }

  private JsonNode run(JobKind kind, String job, String event) {
    return run(kind, job, event, TimeLimit.NONE);
  }

  private JsonNode run(JobKind kind, String job, String event, TimeLimit limit) {
    Order order = Order.read(kind, event.getBytes(StandardCharsets.UTF_8), job);
    order.task().requireConfigured(jobs.configuration());
    return jobs.perform(order, repository, limit, Duration.ZERO, Progress.SILENT, () -> {});
  }

  private JsonNode drill(String job) {
    return drill(job, "");
  }

  private JsonNode drill(String job, String more) {
    return run(JobKind.DRILL, job, event(more));
  }

  private static String event(String more) {
    return "{\"source\":\"shop\",\"target\":\"scratch\"" + more + "}";
  }

  private static JsonNode done(JsonNode answer) {
    assertThat(answer.path("state").asText()).as(answer.toString()).isEqualTo("DONE");
    return answer;
  }

  private List<String> scratch() {
    return server
        .rows(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE"
                + " 'varve\\_drill\\_%' ORDER BY SCHEMA_NAME")
        .stream()
        .map(List::getFirst)
        .toList();
  }

  private SourceRepository source() {
    return repository.source("shop");
  }

  private String state(String job) {
    return source().requested(job).map(RequestEntry::state).orElse("");
  }

  private PartEntry somePart() {
    Manifest manifest = source().manifest(source().resolve("latest"));
    return manifest.tables().getFirst().parts().getFirst();
  }

  @Test
  void aDrillShowsWhatItRestoredAndLeavesNothing() {
    JsonNode report = done(drill("sunday"));
    Manifest manifest = source().manifest(source().resolve("latest"));
    assertThat(report.path("backupId").asText()).isEqualTo(manifest.id().value());
    assertThat(report.path("snapshotTime").asText()).isEqualTo(manifest.snapshotTime().toString());
    assertThat(report.path("rows").asInt()).isEqualTo(2 * ROWS);
    assertThat(report.path("tables").asInt()).isEqualTo(2);
    assertThat(report.path("parts").asLong()).isEqualTo(manifest.totals().parts());
    assertThat(report.path("bytes").asLong()).isEqualTo(manifest.totals().rawBytes());
    assertThat(report.path("verified").asBoolean()).isTrue();
    assertThat(report.path("schemasDropped").asInt()).isEqualTo(2);
    assertThat(report.path("notes")).as(report.toString()).isEmpty();
    assertThat(scratch()).isEmpty();
    assertThat(drill("sunday").toString()).as("delivered again").isEqualTo(report.toString());
    assertThat(server.value("SELECT COUNT(*) FROM " + shop.name() + ".customers"))
        .isEqualTo(String.valueOf(ROWS));
  }

  @Test
  void aDrillThatIsKeptStandsOnItself() {
    JsonNode report = done(drill("look", ",\"keep\":true"));
    assertThat(report.path("schemasDropped").asInt()).isZero();
    assertThat(scratch()).hasSize(2);
    // by the order of names, as in the backup
    boolean isShopFirst = shop.name().compareTo(books.name()) < 0;
    String ofShop = scratch().get(isShopFirst ? 0 : 1);
    String ofBooks = scratch().get(isShopFirst ? 1 : 0);
    assertThat(server.value("SELECT COUNT(*) FROM " + ofBooks + ".named"))
        .isEqualTo(String.valueOf(ROWS));
    assertThat(
            server.value(
                "SELECT VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_NAME"
                    + "='named' AND TABLE_SCHEMA='"
                    + ofBooks
                    + "'"))
        .contains(ofShop)
        .doesNotContain(shop.name());
    assertThat(
            server.value(
                "SELECT UNIQUE_CONSTRAINT_SCHEMA FROM"
                    + " information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA='"
                    + ofBooks
                    + "'"))
        .isEqualTo(ofShop);
    assertThat(
            server.rows(
                "SELECT STATUS, DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA='"
                    + ofShop
                    + "'"))
        .containsExactly(List.of("DISABLED", driller.name() + "@%"));
    assertThat(
            server.rows(
                "SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN ('"
                    + ofShop
                    + "', '"
                    + ofBooks
                    + "') ORDER BY ROUTINE_NAME"))
        .containsExactly(List.of("forget"), List.of("twice"));
    done(drill("other"));
    assertThat(scratch()).as("those of the other drill").containsExactlyInAnyOrder(ofShop, ofBooks);
  }

  @Test
  void someTablesAreEnough() {
    JsonNode report = done(drill("some", ",\"include\":[\"" + shop.name() + ".customers\"]"));
    assertThat(report.path("rows").asInt()).isEqualTo(ROWS);
    assertThat(report.path("schemasDropped").asInt()).isEqualTo(1);
    assertThat(scratch()).isEmpty();
  }

  @Test
  void aDamagedPartFailsItAndNothingIsLeft() throws IOException {
    PartEntry part = somePart();
    files.flipBit(part);
    assertThatThrownBy(() -> drill("damaged"))
        .isInstanceOf(DamageFoundException.class)
        .hasMessageContaining(part.key());
    assertThat(state("damaged")).isEqualTo(RequestEntry.FAILED);
    assertThat(scratch()).isEmpty();

    assertThatThrownBy(() -> drill("kept", ",\"keep\":true"))
        .isInstanceOf(DamageFoundException.class);
    assertThat(scratch()).hasSize(2);

    files.flipBit(part);
    done(drill("damaged"));
    assertThat(scratch()).as("what was kept").hasSize(2);
  }

  /** At each look into the store, one after another. */
  @Test
  void killedAnywhereItGoesOnAndLeavesNothing() {
    int step = 0;
    int left = 0;
    while (step < MOST_STEPS) {
      String job = "killed-" + step;
      AtomicInteger looks = new AtomicInteger(step);
      beforeEach =
          key -> {
            if (!key.endsWith("/lease.json") && looks.getAndDecrement() == 0) {
              throw new Killed();
            }
          };
      try {
        done(drill(job));
        if (looks.get() >= 0) {
          break;
        }
        assertThat(scratch()).as("look " + step + " is not needed").isEmpty();
      } catch (Killed killed) {
        beforeEach = key -> {};
        left += scratch().size();
        JsonNode report = done(drill(job));
        assertThat(report.path("verified").asBoolean()).isTrue();
        assertThat(report.path("rows").asInt()).isEqualTo(2 * ROWS);
        assertThat(scratch()).as("killed at look " + step).isEmpty();
      }
      step++;
    }
    assertThat(step).isBetween(8, MOST_STEPS - 1);
    assertThat(left).as("schemas that were there when it was killed").isPositive();
  }

  @Test
  void callsThatAreTooShortGoOnUntilItIsDone() {
    AtomicLong now = new AtomicLong();
    beforeEach =
        key -> {
          if (key.contains("/parts/")) {
            now.addAndGet(Duration.ofMillis(1_500).toNanos());
          }
        };
    JsonNode answer = null;
    String token = "";
    int calls = 0;
    while (answer == null || answer.path("state").asText().equals("CONTINUE")) {
      assertThat(calls++).isLessThan(MOST_STEPS);
      answer = run(JobKind.DRILL, "short", event(token), TimeLimit.in(CALL, now::get));
      if (answer.path("state").asText().equals("CONTINUE")) {
        assertThat(scratch()).as("what the next call goes on with").hasSize(2);
        token = ",\"token\":\"" + answer.path("token").asText() + "\"";
      }
    }
    assertThat(calls).isGreaterThan(1);
    assertThat(done(answer).path("rows").asInt()).isEqualTo(2 * ROWS);
    assertThat(scratch()).isEmpty();
  }

  @Test
  void aSchemaOfSomebodyElseIsRefusedAndLeftAlone() throws IOException {
    String name = done(drill("same")).path("schemas").get(1).asText();
    Map<String, String> contents = new HashMap<>();
    contents.put("empty", "DO 1");
    contents.put("with a table", "CREATE TABLE " + name + ".mine (id INT PRIMARY KEY)");
    contents.put(
        "with the mark of another",
        "CREATE TABLE "
            + name
            + ".varve_drill_mark (id INT PRIMARY KEY) COMMENT='varve drill abc same shop'");
    // as another repository would, or this one when it has forgotten the job
    Files.move(files.file("shop/jobs/requests/same"), files.file("shop/jobs/requests/before"));
    contents.forEach(
        (what, statement) -> {
          server.execute("CREATE DATABASE " + name, statement);
          List<List<String>> before = server.rows("SHOW TABLES FROM " + name);
          assertThatThrownBy(() -> drill("same"))
              .as(what)
              .isInstanceOf(InvalidRequestException.class)
              .hasMessageContaining(name)
              .hasMessageContaining("has not made");
          assertThat(scratch()).as(what).containsExactly(name);
          assertThat(server.rows("SHOW TABLES FROM " + name)).as(what).isEqualTo(before);
          server.execute("DROP DATABASE " + name);
        });
    done(drill("same"));
  }

  /** Also where the schema has come after the claim: its content is another's. */
  @Test
  void whatIsPutInThePlaceOfAnEarlierSchemaIsLeftAlone() {
    killAtAPart("replaced");
    String name = scratch().getFirst();
    server.execute(
        "SET foreign_key_checks=0",
        "DROP DATABASE " + name,
        "CREATE DATABASE " + name,
        "CREATE TABLE " + name + ".mine (id INT PRIMARY KEY)");
    assertThatThrownBy(() -> drill("replaced"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(name);
    assertThat(scratch()).as("those of the drill are dropped").containsExactly(name);
    assertThat(server.rows("SHOW TABLES FROM " + name)).containsExactly(List.of("mine"));
  }

  @Test
  void whatACanceledOneHasLeftTheNextDrops() {
    killAtAPart("canceled");
    killAtAPart("running");
    List<String> both = scratch();
    assertThat(both).hasSize(4);
    Request.cancel(source(), "canceled", Clock.systemUTC());
    done(drill("next"));
    assertThat(scratch()).as("of the one that may go on").hasSize(2);
    assertThat(both).containsAll(scratch());
    done(drill("running"));
    assertThat(scratch()).isEmpty();
  }

  private void killAtAPart(String job) {
    beforeEach =
        key -> {
          if (key.contains("/parts/")) {
            throw new Killed();
          }
        };
    assertThatThrownBy(() -> drill(job)).isInstanceOf(Killed.class);
    beforeEach = key -> {};
  }

  @Test
  void whatItCannotDoIsRefused() {
    assertThatThrownBy(() -> drill("bad", ",\"mode\":\"replace\""))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("mode");
    assertThatThrownBy(() -> run(JobKind.DRILL, "bad", event("").replace("scratch", "nowhere")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("nowhere");
    assertThat(scratch()).isEmpty();
  }
}
