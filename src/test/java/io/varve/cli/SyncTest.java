package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.ContinueException;
import io.varve.TimeLimit;
import io.varve.mysql.TableSelection;
import io.varve.repository.BackupId;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.testing.Bank;
import io.varve.testing.CommandLineRun;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code varve sync}: a copy follows its source. */
class SyncTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema source = server.freshSchema();
  private final TestSchema standby = server.freshSchema();
  private final Path folder;

  SyncTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void close() {
    source.close();
    standby.close();
  }

  private CommandLineRun sync(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "sync",
                "--store",
                folder.toUri().toString(),
                "--name",
                TestRepository.SOURCE,
                "--source",
                server.uri(),
                "--target",
                server.uri(),
                "--include",
                source.name()));
    args.addAll(List.of(more));
    return CommandLineRun.withLogin(server, args.toArray(String[]::new));
  }

  private String rename() {
    return "--rename=" + source.name() + "=" + standby.name();
  }

  @Test
  void theFirstRunMakesAndLaterOnesTouchWhatHasChanged() throws IOException {
    source.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(2_000),
        "CREATE TABLE u (id INT PRIMARY KEY) ENGINE=InnoDB",
        "INSERT INTO u SELECT n FROM " + Numbers.below(50));
    JsonNode first = json(sync(rename(), "--json"));
    assertThat(first.at("/backup/kind").asText()).isEqualTo("full");
    assertThat(first.at("/restore/touched/tablesMade").asInt()).isEqualTo(2);
    assertThat(first.at("/restore/rows").asLong()).isEqualTo(2_050);
    assertThat(first.at("/restore/verified").asBoolean()).isTrue();
    assertIsTheSource();

    JsonNode idle = json(sync(rename(), "--json"));
    assertThat(idle.at("/backup/kind").asText()).isEqualTo("incremental");
    assertThat(idle.at("/restore/touched/rangesReplaced").asInt()).isZero();
    assertThat(idle.at("/restore/touched/tablesMade").asInt()).isZero();
    assertThat(idle.at("/restore/bytes").asLong()).isZero();

    source.execute("UPDATE u SET id = 1000 WHERE id = 7", "CREATE TABLE w (id INT PRIMARY KEY)");
    standby.execute("CREATE TABLE only_here (id INT PRIMARY KEY)");
    CommandLineRun run = sync(rename());
    assertThat(run.exitCode()).as(run.text()).isZero();
    assertThat(run.out())
        .contains("Backup ", "Restored")
        .containsPattern("touched +1 of \\d+ ranges, 1 tables made, 1 dropped");
    assertIsTheSource();
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    assertThat(run.exitCode()).as(run.text()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  /** Else a standby that takes longer than a call would begin anew in each. */
  @Test
  void withADeadlineOneGoesOnWithTheRestoreThatAnotherLeft() throws IOException {
    source.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(500));
    BackupId backup;
    try (TestRepository repository = TestRepository.in(folder)) {
      backup = repository.backup(server, TestRepository.of(source.name())).id();
      RestoreOptions asSyncRestores =
          new RestoreOptions(
                  new TableSelection(List.of(source.name()), List.of()),
                  Map.of(source.name(), standby.name()),
                  RestoreMode.DIFF,
                  1)
              .until(TimeLimit.in(Duration.ofSeconds(3), timeOfOneTable()));
      assertThatThrownBy(() -> repository.restore(server, backup, asSyncRestores))
          .isInstanceOf(ContinueException.class);
    }
    JsonNode next = json(sync(rename(), "--json", "--deadline=10m"));
    assertThat(next.at("/backup/backupId").asText()).isEqualTo(backup.value());
    assertThat(next.at("/restore/verified").asBoolean()).isTrue();
    assertIsTheSource();
    JsonNode after = json(sync(rename(), "--json", "--deadline=10m"));
    assertThat(after.at("/backup/parent").asText()).isEqualTo(backup.value());
    assertIsTheSource();
  }

  /** The looks for the comparison and the table it takes; then it is late. */
  private static LongSupplier timeOfOneTable() {
    AtomicLong looks = new AtomicLong();
    return () -> looks.incrementAndGet() < 5 ? 0 : Duration.ofSeconds(3).toNanos();
  }

  private void assertIsTheSource() {
    assertThat(SchemaContents.of(server, standby.name()))
        .isEqualTo(SchemaContents.of(server, source.name()));
  }

  @Test
  void withWritersOnTheSourceTheStandbyIsOneInstantOfIt() throws Exception {
    Bank bank = Bank.open(source, 1_000);
    long seen = 0;
    try (Bank.Transfers transfers = bank.transfers()) {
      for (int run = 0; run < 2; run++) {
        transfers.await(transfers.count() + 10);
        CommandLineRun sync = sync(rename());
        assertThat(sync.exitCode()).as(sync.text()).isZero();
        bank.requireOneInstant(standby);
        long journal =
            Long.parseLong(server.value("SELECT COUNT(*) FROM " + standby.name() + ".journal"));
        assertThat(journal).as("transfers that have arrived in run %d", run).isGreaterThan(seen);
        seen = journal;
      }
    }
    assertThat(sync(rename()).exitCode()).isZero();
    assertIsTheSource();
  }

  /** What was written between the snapshot and the restore would be undone. */
  @Test
  void aTargetThatIsTheSourceIsRefused() throws IOException {
    source.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    standby.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    CommandLineRun same = sync();
    assertThat(same.exitCode()).isEqualTo(3);
    assertThat(same.err()).contains("the source itself", source.name(), "--rename");
    CommandLineRun crossed = sync("--include", standby.name(), rename());
    assertThat(crossed.exitCode()).isEqualTo(3);
    assertThat(crossed.err()).contains("the source itself", standby.name());
    assertThat(Files.exists(folder.resolve(TestRepository.SOURCE))).as("any backup").isFalse();
  }

  @Test
  void anUnknownRenameIsRefused() {
    source.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    CommandLineRun run = sync(rename(), "--rename", "no_such_schema=other");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("no_such_schema");
    assertThat(server.rows("SHOW TABLES FROM " + standby.name())).isEmpty();
  }
}
