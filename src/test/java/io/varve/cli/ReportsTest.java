package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.TableTimes;
import io.varve.restore.RestoreMode;
import io.varve.testing.CommandLineRun;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What list, show, hold and forget print of a full backup and an incremental one. */
@TestInstance(Lifecycle.PER_CLASS)
class ReportsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestRepository repository;
  private final BackupReport full;
  private final BackupReport incremental;

  @SuppressWarnings("NullAway") // JUnit gives it
  ReportsTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
    String padding = "REPEAT(LEFT(SHA2(n, 256), 32), 4)";
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, " + padding + " FROM " + Numbers.below(4_000),
        "CREATE TABLE still (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO still SELECT n, " + padding + " FROM " + Numbers.below(2_000),
        "CREATE TABLE going (id INT PRIMARY KEY) ENGINE=InnoDB");
    BackupOptions options = TestRepository.of(schema.name());
    full = repository.backup(server, options.tagged(List.of("monthly", "audit")));
    schema.execute(
        "UPDATE orders SET v = 'changed' WHERE id < 1000",
        "DROP TABLE going",
        "CREATE TABLE fresh (id INT PRIMARY KEY) ENGINE=InnoDB",
        "INSERT INTO fresh VALUES (1)");
    incremental = repository.backup(server, options.on(BackupBase.LATEST));
  }

  @AfterAll
  void close() {
    repository.close();
    schema.close();
  }

  private String store() {
    return "--store=" + repository.store().location();
  }

  private CommandLineRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add(store());
    CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.text()).isZero();
    return run;
  }

  private static JsonNode json(CommandLineRun run) {
    try {
      return JSON.readTree(run.out());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String lineOf(String text, String word) {
    return text.lines().filter(line -> line.contains(word)).findFirst().orElseThrow();
  }

  @Test
  void listShowsWhatIsNewAndKeptAndFitsATerminal() {
    String text = run("list").out();
    assertThat(text.lines()).hasSize(3).allMatch(line -> line.length() <= 120);
    assertThat(text.lines().findFirst().orElseThrow())
        .containsSubsequence(
            "ID", "SOURCE", "SINCE", "ROWS", "SIZE", "NEW", "KEPT", "RATIO", "TOOK", "MARKS");
    String parent = full.id().value();
    assertThat(lineOf(text, parent)).contains("6,000", "monthly audit", " 0 B ");
    assertThat(lineOf(text, incremental.id().value()))
        .contains(
            parent.substring(parent.lastIndexOf('-') + 1),
            "6,001",
            Quantity.bytes(incremental.changes().bytesStored()),
            Quantity.bytes(
                incremental.totals().storedBytes() - incremental.changes().bytesStored()),
            Quantity.ratio(incremental.totals().storedBytes(), incremental.totals().rawBytes()));
  }

  @Test
  void listSaysAllToMachines() {
    JsonNode backups = json(run("list", "--json")).get("backups");
    assertThat(backups).hasSize(2);
    JsonNode first = backups.get(0);
    assertThat(first.get("tags")).extracting(JsonNode::asText).containsExactly("monthly", "audit");
    assertThat(first.has("parent")).isFalse();
    assertThat(first.get("changes").get("rowsRead").asLong()).isEqualTo(6_000);
    JsonNode second = backups.get(1);
    assertThat(second.get("parent").asText()).isEqualTo(full.id().value());
    assertThat(second.get("newBytes").asLong() + second.get("keptBytes").asLong())
        .isEqualTo(second.get("storedBytes").asLong())
        .isEqualTo(incremental.totals().storedBytes());
    assertThat(second.get("keptBytes").asLong()).isPositive();
    assertThat(second.get("changes").get("droppedTables").get(0).asText())
        .isEqualTo(schema.name() + ".going");
    assertThat(second.get("held").asBoolean()).isFalse();
  }

  @Test
  void aHoldIsSeenUntilItIsReleased() {
    String id = full.id().value();
    run("hold", id);
    assertThat(lineOf(run("list").out(), id)).contains("HELD monthly audit");
    assertThat(json(run("list", "--json")).get("backups").get(0).get("held").asBoolean()).isTrue();
    CommandLineRun refused = CommandLineRun.of("forget", id, store());
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("it is held", "--release");
    run("hold", id, "--release");
    assertThat(lineOf(run("list").out(), id)).doesNotContain("HELD");
  }

  @Test
  void showHasALineForEachTableWithWhatIsNewAndWhen() {
    String text = run("show", incremental.id().value()).out();
    assertThat(lineOf(text, ".still ")).contains("2,000", "░░░░░░░░░░", "unchanged", "█", "·");
    assertThat(lineOf(text, ".fresh ")).contains("██████████", "new");
    String changed = lineOf(text, ".orders ");
    assertThat(changed).contains("4,000", "░█", "changed");
    assertThat(lineOf(text, "    all ")).contains("6,001", full.id().value());
    assertThat(text)
        .contains(
            "since     " + full.id(),
            "dropped   " + schema.name() + ".going",
            "backup ratio",
            "read ");
    assertThat(run("show", full.id().value()).out()).contains("tags      monthly, audit");
  }

  /** What the bars say is what the manifest says. */
  @Test
  void theBarsAreTrue() {
    Manifest manifest = repository.manifest(incremental);
    var orders =
        manifest.tables().stream()
            .filter(table -> table.definition().name().table().equals("orders"))
            .findFirst()
            .orElseThrow();
    long all = orders.parts().stream().mapToLong(PartEntry::rawBytes).sum();
    long fresh =
        orders.parts().stream()
            .filter(part -> part.key().contains(incremental.id().value()))
            .mapToLong(PartEntry::rawBytes)
            .sum();
    String line = lineOf(run("show", incremental.id().value()).out(), ".orders ");
    Bars bars = Bars.of(StandardCharsets.UTF_8);
    TableTimes times = Objects.requireNonNull(orders.times());
    assertThat(line)
        .contains(" " + bars.share(fresh, all, 10) + " ")
        .endsWith(bars.stretch(times.began(), times.ended(), manifest.totals().seconds(), 24));
  }

  @Test
  void aTerminalWithoutBlocksGetsAscii() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream ascii = new PrintStream(printed, true, StandardCharsets.US_ASCII);
    int code = VarveCommand.execute(ascii, System.err, "show", incremental.id().value(), store());
    assertThat(code).isZero();
    String text = printed.toString(StandardCharsets.UTF_8);
    assertThat(text).doesNotContain("█", "░", "·");
    assertThat(lineOf(text, ".still ")).contains("----------");
    assertThat(lineOf(text, ".fresh ")).contains("##########");
  }

  @Test
  void aShareIsNeverHiddenNorOverdrawn() {
    Bars bars = Bars.of(Charset.forName("US-ASCII"));
    assertThat(bars.share(0, 100, 10)).isEqualTo("----------");
    assertThat(bars.share(1, 1_000_000, 10)).isEqualTo("---------#");
    assertThat(bars.share(50, 100, 10)).isEqualTo("-----#####");
    assertThat(bars.share(100, 100, 10)).isEqualTo("##########");
    assertThat(bars.share(0, 0, 10)).isEmpty();
    assertThat(bars.stretch(0, 10, 10, 10)).isEqualTo("##########");
    assertThat(bars.stretch(2, 4, 10, 10)).isEqualTo("..##......");
    assertThat(bars.stretch(9.99, 12, 10, 10)).isEqualTo(".........#");
    assertThat(bars.stretch(0, 0, 0, 10)).isEqualTo("..........");
  }

  @Test
  void forgetSaysWhatItDid(@TempDir Path folder) {
    try (TestRepository own = TestRepository.in(folder)) {
      BackupReport backup = own.backup(server, TestRepository.of(schema.name()));
      CommandLineRun run =
          CommandLineRun.of("forget", backup.id().value(), "--store=" + own.store().location());
      assertThat(run.exitCode()).as(run.text()).isZero();
      assertThat(run.out())
          .contains(
              "Forgot backup " + backup.id(),
              Quantity.bytes(backup.totals().storedBytes())
                  + " in "
                  + backup.totals().parts()
                  + " parts",
              "varve prune")
          .doesNotContain("in use");
      assertThat(own.source().backups()).isEmpty();
    }
  }

  @Test
  void aDiffSaysHowMuchOfTheBackupItLoaded() {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, incremental, TestRepository.renaming(schema.name(), copy.name()));
      copy.execute("UPDATE orders SET v = 'other' WHERE id = 1");
      String[] diff = {
        "restore",
        "--mode",
        RestoreMode.DIFF.name().toLowerCase(java.util.Locale.ROOT),
        "--backup",
        incremental.id().value(),
        "--rename",
        schema.name() + "=" + copy.name(),
        "--target",
        server.uri(),
        store(),
        "--json"
      };
      JsonNode report = json(CommandLineRun.withLogin(server, diff));
      assertThat(report.get("touched").get("rangesReplaced").asInt()).isEqualTo(1);
      assertThat(report.get("backupBytes").asLong()).isEqualTo(incremental.totals().rawBytes());
      assertThat(report.get("restoreRatio").asDouble())
          .isEqualTo(
              report.get("bytes").asDouble() / incremental.totals().rawBytes(),
              org.assertj.core.data.Offset.offset(1e-9))
          .isBetween(0.0001, 0.5);
    }
  }
}
