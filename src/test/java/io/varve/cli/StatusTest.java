package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.RetryLaterException;
import io.varve.backup.BackupReport;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.CheckpointRange;
import io.varve.repository.FailureEntry;
import io.varve.repository.Job;
import io.varve.repository.Json;
import io.varve.repository.Lease;
import io.varve.repository.Request;
import io.varve.repository.ScheduleEntry;
import io.varve.testing.CommandLineChild;
import io.varve.testing.CommandLineRun;
import io.varve.testing.MadeUpBackups;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code varve status}, of a repository that is here. */
class StatusTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Clock CLOCK = Clock.systemUTC();
  private static final int NOT_WELL = 8;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final Path folder;
  private final TestRepository repository;
  private final BackupReport backup;

  StatusTest(@TempDir Path folder) {
    this.folder = folder;
    repository = TestRepository.in(folder.resolve("store"));
    schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
    backup = repository.backup(server, TestRepository.of(schema.name()));
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
  }

  private CommandLineRun status(String... more) {
    String[] args = new String[more.length + 3];
    args[0] = "status";
    args[1] = "--store";
    args[2] = folder.resolve("store").toUri().toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return CommandLineRun.of(args);
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    return JSON.readTree(run.out());
  }

  @Test
  void theNewestBackupAndTheLastRunAreShown() throws IOException {
    CommandLineRun text = status();
    assertThat(text.exitCode()).as(text.text()).isZero();
    assertThat(text.out()).contains("test", backup.id().value(), "backup done at 20");
    assertThat(text.err()).isEmpty();

    JsonNode all = json(status("--json", "--max-age", "1h"));
    assertThat(all.path("well").asBoolean()).isTrue();
    JsonNode source = all.path("sources").get(0);
    assertThat(source.path("source").asText()).isEqualTo("test");
    assertThat(source.at("/newest/backupId").asText()).isEqualTo(backup.id().value());
    assertThat(source.at("/newest/rows").asInt()).isEqualTo(2);
    assertThat(source.at("/newest/ageSeconds").asInt()).isBetween(0, 3600);
    assertThat(source.at("/last/state").asText()).isEqualTo("done");
    assertThat(source.path("running")).isEmpty();
  }

  @Test
  void aFenceIsNoNewestBackup() throws IOException {
    BackupId later = BackupId.next(Instant.now().plusSeconds(60), BackupKind.FULL);
    repository.source().fence(later, "run", Instant.now());
    assertThat(json(status("--json")).at("/sources/0/newest/backupId").asText())
        .isEqualTo(backup.id().value());
  }

  @Test
  void aBackupOlderThanMaxAgeIsNotWell() {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    CommandLineRun run = status("--max-age", "1s", "--quiet");
    while (run.exitCode() == 0 && System.nanoTime() < end) {
      run = status("--max-age", "1s", "--quiet");
    }
    assertThat(run.exitCode()).isEqualTo(NOT_WELL);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("varve: test: its newest backup is older than it may be");
  }

  @Test
  void aRunThatFailedIsNotWellUntilTheNextIsDone() {
    Job.ofPrune(repository.source(), CLOCK)
        .failed(new RetryLaterException("ask", "the store", "it is away", "Try again."));
    CommandLineRun failed = status();
    assertThat(failed.exitCode()).isEqualTo(NOT_WELL);
    assertThat(failed.err()).contains("test: prune job", "it is away");
    Job.ofPrune(repository.source(), CLOCK).done();
    assertThat(status().exitCode()).isZero();
  }

  @Test
  void aBackupThatFailedIsMadeUpForByALaterOne() {
    Job.ofBackup(repository.source(), CLOCK)
        .failed(new RetryLaterException("ask", "the server", "it is away", "Try again."));
    assertThat(status().exitCode()).isEqualTo(NOT_WELL);
    repository.backup(server, TestRepository.of(schema.name()));
    assertThat(status().exitCode()).isZero();
  }

  @Test
  void aRunAtWorkIsShownAndOneThatDiedIsUnfinished() throws IOException {
    Job job = Job.ofBackup(repository.source(), CLOCK);
    try (Lease lease = Lease.take(repository.source(), job, note -> {})) {
      lease.require();
      JsonNode source = json(status("--json")).path("sources").get(0);
      assertThat(source.at("/running/0/job").asText()).isEqualTo(job.id());
      assertThat(source.at("/last/state").asText()).isEqualTo("done");
      assertThat(status().out()).contains("running", job.id());
    }
    CommandLineRun dead = status("--json");
    assertThat(json(dead).at("/sources/0/running")).isEmpty();
    assertThat(json(dead).at("/sources/0/last/state").asText()).isEqualTo("unfinished");
    assertThat(dead.exitCode()).isZero();
  }

  @Test
  void aRequestAtWorkIsShownWithTheProgressOfItsRun() throws IOException {
    BackupId id = BackupId.next(Instant.now(), BackupKind.FULL);
    Request request =
        Request.open(repository.source(), "nightly", "backup", "0", JSON.createObjectNode(), CLOCK);
    request.uses(id);
    Job job = Job.ofBackup(repository.source(), CLOCK);
    try (Lease lease = Lease.take(repository.source(), job, note -> {})) {
      lease.require();
      job.makes(id, null);
      repository
          .manifest(backup)
          .tables()
          .forEach(
              table ->
                  job.checkpoint(
                      List.of(
                          new CheckpointRange(
                              schema.name(), "t", "0", true, null, null, table.parts()))));
      JsonNode running = json(status("--json")).at("/sources/0/running");
      assertThat(running).hasSize(1);
      assertThat(running.at("/0/job").asText()).isEqualTo("nightly");
      assertThat(running.at("/0/backupId").asText()).isEqualTo(id.value());
      assertThat(running.at("/0/progress/rows").asInt()).isEqualTo(2);
    }
    request.failed(FailureEntry.of(new IllegalStateException("s3cr3t")));
    CommandLineRun failed = status();
    assertThat(failed.exitCode()).isEqualTo(NOT_WELL);
    assertThat(failed.err()).contains("backup job nightly failed").doesNotContain("s3cr3t");
  }

  @Test
  void aConfigurationTellsWhatComesNextAndWhatIsMissing() throws IOException {
    Map<String, ?> credentials = Map.of("user", "varve", "passwordFile", "/run/secrets/none");
    Map<String, ?> schedules =
        Map.of(
            "full",
            Map.of("cron", "0 3 1 1 *"),
            "prune",
            Map.of("cron", "0 5 * * *", "options", Map.of("keep", Map.of("daily", 7))));
    Map<String, ?> document =
        Map.of(
            "store",
            Map.of("location", folder.resolve("store").toUri().toString()),
            "sources",
            Map.of(
                "test",
                Map.of("address", "mysql://db", "credentials", credentials, "schedules", schedules),
                "empty",
                Map.of("address", "mysql://other", "credentials", credentials)));
    Path file = Files.writeString(folder.resolve("varve.json"), Json.line(document));
    repository
        .source()
        .changeSchedule(
            "prune", () -> ScheduleEntry.since(Instant.now()), ScheduleEntry::pausedNow);

    CommandLineRun run = CommandLineRun.of("status", "--config", file.toString(), "--json");
    assertThat(run.exitCode()).as(run.text()).isEqualTo(NOT_WELL);
    assertThat(run.err().strip()).isEqualTo("varve: empty: it has no backup");
    JsonNode test = json(run).path("sources").get(1);
    assertThat(test.at("/schedules/0/kind").asText()).isEqualTo("full");
    assertThat(test.at("/schedules/0/next").asText()).contains("-01-01T03:00:00Z");
    assertThat(test.at("/schedules/1/paused").asBoolean()).isTrue();
    assertThat(test.at("/schedules/1").has("next")).isFalse();

    CommandLineRun one = CommandLineRun.of("status", "--config", file.toString(), "--name", "test");
    assertThat(one.exitCode()).as(one.text()).isZero();
    assertThat(one.out()).contains("full at ", "prune is paused").doesNotContain("empty");
  }

  @Test
  void aBackupThatIsLateByItsOwnScheduleIsNotWell() throws IOException {
    Map<String, ?> credentials = Map.of("user", "varve", "passwordFile", "/run/secrets/none");
    Map<String, ?> schedules = Map.of("incremental", Map.of("cron", "* * * * *"));
    Map<String, ?> document =
        Map.of(
            "store",
            Map.of("location", folder.resolve("store").toUri().toString()),
            "sources",
            Map.of(
                "test",
                Map.of(
                    "address", "mysql://d", "credentials", credentials, "schedules", schedules)));
    String config = Files.writeString(folder.resolve("varve.json"), Json.line(document)).toString();
    new MadeUpBackups(repository.source()).put(Instant.now().minus(Duration.ofHours(1)), null);
    repository.source().bury(backup.id(), "run");

    CommandLineRun late = CommandLineRun.of("status", "--config", config, "--quiet");
    assertThat(late.exitCode()).as(late.text()).isEqualTo(NOT_WELL);
    assertThat(late.err()).startsWith("varve: test: its newest backup is late: none came");

    repository
        .source()
        .changeSchedule(
            "incremental",
            () -> ScheduleEntry.since(Instant.now().minusSeconds(1)),
            ScheduleEntry::pausedNow);
    assertThat(CommandLineRun.of("status", "--config", config).exitCode()).isZero();

    // what goes on again was not due while it was paused
    repository
        .source()
        .changeSchedule(
            "incremental",
            () -> ScheduleEntry.since(Instant.now()),
            known -> known.resumed(Instant.now()));
    assertThat(CommandLineRun.of("status", "--config", config).exitCode()).isZero();
  }

  private Request request(String name, String kind) {
    return Request.open(repository.source(), name, kind, "0", JSON.createObjectNode(), CLOCK);
  }

  @Test
  void whatAScheduleFailedAtIsMadeUpForByALaterJobOfItsKindWhateverElseWasDone()
      throws IOException {
    Map<String, ?> credentials = Map.of("user", "varve", "passwordFile", "/run/secrets/none");
    Map<String, ?> schedules = Map.of("verify", Map.of("cron", "0 6 * * SUN"));
    Map<String, ?> document =
        Map.of(
            "store",
            Map.of("location", folder.resolve("store").toUri().toString()),
            "sources",
            Map.of(
                "test",
                Map.of(
                    "address", "mysql://d", "credentials", credentials, "schedules", schedules)));
    String config = Files.writeString(folder.resolve("varve.json"), Json.line(document)).toString();
    Instant sunday = Instant.parse("2026-11-15T06:00:00Z");
    repository.source().changeSchedule("verify", () -> ScheduleEntry.since(sunday), known -> known);
    request(ScheduleEntry.job("verify", sunday), "verify")
        .failed(new FailureEntry("DamageFoundException", "a part is missing"));
    for (int i = 0; i < 25; i++) {
      request(BackupId.timeOf(sunday) + "-restore-" + i, "restore").done(JSON.createObjectNode());
    }
    CommandLineRun failed = CommandLineRun.of("status", "--config", config);
    assertThat(failed.exitCode()).as(failed.text()).isEqualTo(NOT_WELL);
    assertThat(failed.err()).contains("test: verify job 20261115T060000Z-verify failed: a part");

    request("by-hand", "verify").done(JSON.createObjectNode());
    for (int i = 0; i < 25; i++) {
      request(BackupId.timeOf(sunday) + "-sync-" + i, "sync").done(JSON.createObjectNode());
    }
    CommandLineRun well = CommandLineRun.of("status", "--config", config);
    assertThat(well.exitCode()).as(well.text()).isZero();
  }

  @Test
  void whereToLookHasToBeSaidOnce() {
    CommandLineRun nowhere = CommandLineRun.of("status");
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertThat(nowhere.err()).contains("--server URL", "--config", "--store");
    CommandLineRun twice = status("--server", "http://127.0.0.1:1");
    assertThat(twice.exitCode()).isEqualTo(2);
    assertThat(twice.err()).contains("exclude each other");
    CommandLineRun unknown = status("--name", "nobody");
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.err()).contains("'nobody'", "there is none of that name");
  }

  @Test
  void withoutAServerNothingOfHttpIsLoaded() throws IOException {
    Path loaded = folder.resolve("classes");
    String store = folder.resolve("store").toUri().toString();
    try (CommandLineChild child =
        CommandLineChild.start(
            server,
            Map.of("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded),
            "status",
            "--store",
            store)) {
      assertThat(child.await()).as(child.text()).isZero();
    }
    assertThat(Files.readString(loaded))
        .contains("io.varve.cli.StatusCommand ")
        .doesNotContain("java.net.http.HttpClient ");
  }
}
