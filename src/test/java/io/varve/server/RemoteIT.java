package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.repository.Json;
import io.varve.testing.CommandLineChild;
import io.varve.testing.CommandLineRun;
import io.varve.testing.Numbers;
import io.varve.testing.PasswordFile;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** {@code varve remote} and {@code varve status} as clients of one server, the packaged program. */
@TestInstance(Lifecycle.PER_CLASS)
class RemoteIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String READER = "reader-1d7b03c4";
  private static final String KEEPER = "keeper-c05e86aa";
  private static final String RESTORER = "restorer-e4f1a29b";

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestUser user = server.freshUser("ALL PRIVILEGES ON *.*");
  private final ServerProcess serving;

  @SuppressWarnings("NullAway") // JUnit gives it
  RemoteIT(@TempDir Path folder) {
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
            + Numbers.below(2_000));
    copy.execute("DROP DATABASE " + copy.name());
    serving = ServerProcess.start(environment(folder.toUri().toString()));
  }

  @AfterAll
  void close() {
    serving.close();
    assertThat(serving.log()).doesNotContain(READER, KEEPER, RESTORER);
    schema.close();
    copy.close();
    user.close();
  }

  private Map<String, String> environment(String location) {
    String address = "mysql://" + server.host() + ":" + server.port();
    Map<String, ?> credentials = Map.of("user", user.name(), "passwordVariable", "PASSWORD");
    Map<String, Object> shop = new HashMap<>();
    shop.put("address", address);
    shop.put("credentials", credentials);
    shop.put("include", List.of(schema.name()));
    shop.put("partSize", "64K");
    shop.put("schedules", Map.of("full", Map.of("cron", "0 3 1 1 *")));
    Map<String, Object> slow = new HashMap<>(shop);
    slow.put("limitRate", "1K");
    slow.remove("schedules");
    Map<String, ?> document =
        Map.of(
            "store",
            Map.of("location", location),
            "sources",
            Map.of("shop", shop, "slow", slow),
            "targets",
            Map.of("scratch", Map.of("address", address, "credentials", credentials)),
            "server",
            Map.of(
                "tokens",
                Map.of(
                    "reader", ShopConfiguration.entry(READER, "read"),
                    "keeper", ShopConfiguration.entry(KEEPER, "backup"),
                    "restorer", ShopConfiguration.entry(RESTORER, "restore"))));
    return Map.of("VARVE_CONFIG", Json.line(document), "PASSWORD", user.password());
  }

  private CommandLineRun run(String token, String... command) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--server", serving.address()));
    try (PasswordFile file = PasswordFile.of(token)) {
      args.addAll(List.of("--token-file", file.path().toString()));
      CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
      if (!token.isEmpty()) {
        assertThat(run.text()).doesNotContain(token);
      }
      return run;
    }
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    return JSON.readTree(run.out());
  }

  private JsonNode status(String source) throws IOException {
    CommandLineRun run = run(READER, "status", "--name", source, "--json");
    assertThat(run.exitCode()).as(run.text()).isIn(0, 8);
    return json(run).path("sources").get(0);
  }

  @Test
  void aBackupAndARestoreEndAsTheyDoHere() throws IOException {
    CommandLineRun backup = run(KEEPER, "remote", "backup", "--name", "shop", "--json");
    assertThat(backup.exitCode()).as(backup.text()).isZero();
    String id = json(backup).path("backupId").asText();
    assertThat(json(backup).path("kind").asText()).isEqualTo("full");
    assertThat(json(backup).path("rows").asInt()).isEqualTo(2_000);

    CommandLineRun next = run(KEEPER, "remote", "backup", "--name", "shop", "--incremental");
    assertThat(next.out()).startsWith("Backup 20").contains("of shop", "since     " + id);

    CommandLineRun verified = run(KEEPER, "remote", "verify", id, "--name", "shop", "--read-data");
    assertThat(verified.exitCode()).as(verified.text()).isZero();
    assertThat(verified.out()).contains("Verified: 1 backup, no damage found");

    String rename = schema.name() + "=" + copy.name();
    String[] restore = {
      "remote", "restore", "--name", "shop", "--target", "scratch", "--rename", rename
    };
    CommandLineRun restored = run(RESTORER, restore);
    assertThat(restored.exitCode()).as(restored.text()).isZero();
    assertThat(restored.out()).contains("into scratch", "verified");
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));

    CommandLineRun again = run(RESTORER, restore);
    assertThat(again.exitCode()).as(again.text()).isEqualTo(3);
    assertThat(again.err()).contains("cannot end job", "of shop at " + serving.address());

    JsonNode shop = status("shop");
    assertThat(shop.at("/newest/kind").asText()).isEqualTo("incremental");
    assertThat(shop.at("/last/state").asText()).isEqualTo("failed");
    assertThat(shop.at("/last/kind").asText()).isEqualTo("restore");
    assertThat(shop.at("/schedules/0/next").asText()).contains("-01-01T03:00:00Z");
    CommandLineRun text = run(READER, "status", "--name", "shop");
    assertThat(text.exitCode()).isEqualTo(8);
    assertThat(text.out()).contains("restore failed at", "full at ");
    assertThat(text.err()).contains("varve: shop: restore job");
  }

  @Test
  void whoDetachesCanFollow() throws IOException {
    CommandLineRun detached =
        run(KEEPER, "remote", "backup", "--name", "shop", "--tag", "later", "--detach");
    assertThat(detached.exitCode()).as(detached.text()).isZero();
    String job = detached.out().strip();
    CommandLineRun followed = run(READER, "remote", "follow", job, "--name", "shop", "--json");
    assertThat(followed.exitCode()).as(followed.text()).isZero();
    String id = json(followed).path("backupId").asText();
    assertThat(id).contains("-full-");
    assertThat(inItsOwnProcess("remote", "follow", job, "--name", "shop"))
        .startsWith("Backup " + id + " of shop");
    assertThat(inItsOwnProcess("status", "--name", "shop")).contains("newest", "full at ");
  }

  /** What the program prints, by the token of the environment. */
  private String inItsOwnProcess(String... command) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--server", serving.address()));
    try (CommandLineChild child =
        CommandLineChild.start(
            server,
            Map.of("VARVE_TOKEN", READER, "VARVE_QUIET", "false"),
            args.toArray(String[]::new))) {
      assertThat(child.await()).as(child.text()).isIn(0, 8);
      assertThat(child.text()).doesNotContain(READER);
      return child.text();
    }
  }

  @Test
  void ctrlCLeavesTheJobToTheServer() throws IOException {
    String job;
    try (CommandLineChild child =
        CommandLineChild.start(
            server,
            Map.of("VARVE_TOKEN", KEEPER, "VARVE_QUIET", "false"),
            "remote",
            "backup",
            "--name",
            "slow",
            "--server",
            serving.address())) {
      job = begun(child);
      assertThat(child.signal("INT")).isEqualTo(130);
      assertThat(child.text())
          .contains("job " + job + " goes on", "varve remote follow " + job + " --name slow")
          .doesNotContain(KEEPER);
    }
    JsonNode slow = awaited("slow", source -> source.at("/running/0/progress").isObject());
    assertThat(slow.at("/running/0/job").asText()).isEqualTo(job);
    CommandLineRun canceled = run(KEEPER, "remote", "cancel", job, "--name", "slow");
    assertThat(canceled.exitCode()).as(canceled.text()).isZero();
    CommandLineRun followed = run(READER, "remote", "follow", job, "--name", "slow");
    assertThat(followed.exitCode()).isEqualTo(3);
    assertThat(followed.err()).contains("it was canceled");
    awaited("slow", source -> source.path("running").isEmpty()); // its run is about to end
  }

  private static String begun(CommandLineChild child) {
    Pattern begun = Pattern.compile("^job (\\S+) of slow", Pattern.MULTILINE);
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < end && child.isAlive()) {
      Matcher matcher = begun.matcher(child.text());
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    throw new AssertionError(child.text());
  }

  private JsonNode awaited(String source, Predicate<JsonNode> condition) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode last = status(source);
    while (!condition.test(last) && System.nanoTime() < end) {
      last = status(source);
    }
    return last;
  }

  @Test
  void refusalsAreVarvesOwnErrors() {
    CommandLineRun none = run("", "status");
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains(serving.address(), "it asks for a token", "VARVE_TOKEN");
    CommandLineRun wrong = run("wrong-5a5a5a5a", "status");
    assertThat(wrong.exitCode()).isEqualTo(3);
    assertThat(wrong.err()).contains("it does not know the token");
    CommandLineRun low = run(READER, "remote", "backup", "--name", "shop");
    assertThat(low.exitCode()).isEqualTo(3);
    assertThat(low.err())
        .contains("cannot begin a backup of shop at", "the roles of the token do not allow that");
    CommandLineRun unknown = run(KEEPER, "remote", "backup", "--name", "nobody", "--json");
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.err()).contains("There is no source of that name");
    assertThat(unknown.out()).startsWith("{\"error\":{\"class\":\"InvalidRequestException\"");
    CommandLineRun several = run(KEEPER, "remote", "verify");
    assertThat(several.err()).contains("it has shop, slow", "--name");
    CommandLineRun job = run(READER, "remote", "follow", "nothing", "--name", "shop");
    assertThat(job.exitCode()).isEqualTo(3);
    CommandLineRun prune = run(KEEPER, "remote", "prune", "--name", "shop");
    assertThat(prune.exitCode()).isEqualTo(3);
    assertThat(prune.err()).contains("sources.shop.schedules.prune.options");
  }

  @Test
  void aDryPruneSaysWhatWouldGo() {
    CommandLineRun backup = run(KEEPER, "remote", "backup", "--name", "shop");
    assertThat(backup.exitCode()).as(backup.text()).isZero();
    CommandLineRun prune =
        run(KEEPER, "remote", "prune", "--name", "shop", "--dry-run", "--keep-last", "1");
    assertThat(prune.exitCode()).as(prune.text()).isZero();
    assertThat(prune.out()).startsWith("Would delete").contains("stays");
  }
}
