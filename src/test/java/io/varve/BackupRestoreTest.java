package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.testing.CommandLineRun;
import io.varve.testing.RichSchema;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.verify.VerifyReport;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What is backed up and restored is what was there. */
@TestInstance(Lifecycle.PER_CLASS)
class BackupRestoreTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final SchemaContents original;
  private final TestRepository repository;
  private final BackupReport backup;

  @SuppressWarnings("NullAway") // JUnit gives it
  BackupRestoreTest(@TempDir Path folder) {
    RichSchema.fill(schema);
    original = SchemaContents.of(server, schema.name());
    repository = TestRepository.in(folder);
    backup = repository.backup(server, TestRepository.of(schema.name()));
  }

  @AfterAll
  void close() {
    repository.close();
    schema.close();
  }

  @Test
  void everyValueAndEveryDefinitionComesBackFromAFolderAndNoLedgerIsLeft() {
    try (TestSchema copy = server.freshSchema()) {
      RestoreReport report =
          repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(report.verified()).isTrue();
      assertThat(report.rows()).isEqualTo(backup.totals().rows());
      assertThat(report.notes()).isEmpty();
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
    }
  }

  @Test
  void everyValueAndEveryDefinitionComesBackFromABucket() {
    try (TestRepository inBucket = TestRepository.inBucket();
        TestSchema copy = server.freshSchema()) {
      BackupReport there = inBucket.backup(server, TestRepository.of(schema.name()));
      inBucket.restore(server, there, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
      assertThat(inBucket.verify(100).damages()).isEmpty();
    }
  }

  @Test
  void tablesBecomeManyPartsThatCoverThemWithoutAGap() {
    Manifest manifest = repository.manifest(backup);
    Map<String, TableEntry> tables =
        manifest.tables().stream()
            .collect(Collectors.toMap(table -> table.definition().name().table(), table -> table));
    assertThat(tables).hasSize(original.rows().size());
    tables.forEach(
        (name, table) -> {
          assertThat(table.rows()).as(name).isEqualTo(original.rowsOf(name).size());
          assertThat(table.parts().stream().mapToLong(part -> part.rows()).sum())
              .as(name)
              .isEqualTo(table.rows());
          for (int i = 0; i < table.parts().size(); i++) {
            var part = table.parts().get(i);
            assertThat(part.lower())
                .as(name)
                .isEqualTo(i == 0 ? null : table.parts().get(i - 1).upper());
            boolean last = i == table.parts().size() - 1;
            assertThat(part.upper() == null)
                .as("%s part %d", name, i)
                .isEqualTo(last || name.equals("keyless"));
          }
        });
    assertThat(partsOf("orders")).hasSizeGreaterThan(8);
    assertThat(partsOf("descending")).hasSizeGreaterThan(2);
    assertThat(partsOf("nothing_in_it")).isEmpty();
  }

  @Test
  void whatIsStoredIsVerifiedQuicklyAndByReadingIt() {
    VerifyReport quick = repository.verify(0);
    assertThat(quick.damages()).isEmpty();
    assertThat(quick.objects()).isEqualTo(backup.totals().parts());
    assertThat(quick.objectsRead()).isZero();
    VerifyReport whole = repository.verify(100);
    assertThat(whole.damages()).isEmpty();
    assertThat(whole.objectsRead()).isEqualTo(backup.totals().parts());
    assertThat(whole.bytesRead()).isEqualTo(backup.totals().storedBytes());
  }

  @Test
  void onlyWhatIsIncludedAndNotExcludedIsBackedUp(@TempDir Path folder) {
    try (TestRepository some = TestRepository.in(folder)) {
      BackupOptions options =
          new BackupOptions(
              new TableSelection(
                  List.of(schema.name() + ".by_*", schema.name() + ".orders"),
                  List.of("*.by_[du]*")),
              2,
              TestRepository.PART_BYTES,
              3,
              Optional.empty());
      Manifest manifest = some.manifest(some.backup(server, options));
      assertThat(manifest.tables().stream().map(table -> table.definition().name().table()))
          .containsExactlyInAnyOrder("by_binary", "by_latin1", "by_name", "by_time", "orders");
    }
  }

  @Test
  void onlyWhatIsIncludedAndNotExcludedIsRestored() {
    try (TestSchema copy = server.freshSchema()) {
      RestoreOptions options =
          new RestoreOptions(
              new TableSelection(List.of(schema.name() + ".by_*"), List.of("*.by_uuid")),
              Map.of(schema.name(), copy.name()),
              RestoreMode.CREATE,
              2);
      repository.restore(server, backup, options);
      SchemaContents restored = SchemaContents.of(server, copy.name());
      assertThat(restored.rows().keySet())
          .containsExactlyInAnyOrder("by_binary", "by_decimal", "by_latin1", "by_name", "by_time");
      restored.rows().forEach((table, rows) -> assertThat(rows).isEqualTo(original.rowsOf(table)));
    }
  }

  @Test
  void aDryRunShowsThePlanAndWritesNothing() {
    String target = schema.name() + "_dry";
    CommandLineRun run =
        CommandLineRun.withLogin(
            server,
            "restore",
            "--store",
            repository.store().location(),
            "--target",
            server.uri(),
            "--rename",
            schema.name() + "=" + target,
            "--dry-run");
    assertThat(run.exitCode()).as(run.text()).isZero();
    assertThat(run.out()).contains(target + ".orders", target + ".keyless", "5,000 rows");
    assertThat(server.rows("SHOW DATABASES LIKE '" + target + "'")).isEmpty();
  }

  @Test
  void createRefusesTablesThatStandBeforeAnythingIsWritten() {
    try (TestSchema copy = server.freshSchema()) {
      copy.execute("CREATE TABLE orders (mine INT)", "INSERT INTO orders VALUES (7)");
      assertThatThrownBy(
              () ->
                  repository.restore(
                      server, backup, TestRepository.renaming(schema.name(), copy.name())))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(copy.name() + ".orders")
          .hasMessageContaining("--rename")
          .hasMessageContaining("--mode replace");
      assertThat(server.rows("SHOW TABLES FROM " + copy.name())).containsOnly(List.of("orders"));
      assertThat(server.value("SELECT mine FROM " + copy.name() + ".orders")).isEqualTo("7");
    }
  }

  @Test
  void replaceTakesThePlaceOfTablesAndViewsThatStand() {
    try (TestSchema copy = server.freshSchema()) {
      copy.execute(
          "CREATE TABLE orders (mine INT)",
          "CREATE TABLE z_first (id INT)",
          "CREATE TABLE bystander (id INT)",
          "CREATE VIEW one_row AS SELECT 1 AS id");
      RestoreOptions replace =
          new RestoreOptions(
              TableSelection.ALL, Map.of(schema.name(), copy.name()), RestoreMode.REPLACE, 4);
      repository.restore(server, backup, replace);
      copy.execute("DROP TABLE bystander");
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
      repository.restore(server, backup, replace);
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
    }
  }

  @Test
  void aTableWhoseNameHoldsDotsComesBack(@TempDir Path folder) throws Exception {
    try (TestSchema named = server.freshSchema();
        TestSchema copy = server.freshSchema();
        TestRepository own = TestRepository.in(folder)) {
      named.execute("CREATE TABLE `a..b` (id INT PRIMARY KEY)", "INSERT INTO `a..b` VALUES (1)");
      BackupReport made = own.backup(server, TestRepository.of(named.name()));
      own.restore(server, made, TestRepository.renaming(named.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, named.name()));
    }
  }

  @Test
  void aTargetWithoutLocalInfileIsFilledByInserts() {
    String before = server.value("SELECT @@GLOBAL.local_infile");
    server.execute("SET GLOBAL local_infile = 0");
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
    } finally {
      server.execute("SET GLOBAL local_infile = " + before);
    }
  }

  @Test
  void aRestoreLeavesTheBinaryLogAloneWhenAsked() {
    try (TestSchema copy = server.freshSchema();
        Target target = Target.connect(TestRepository.settings(server), Target.BinaryLog.OFF)) {
      List<String> before = logPosition();
      Restore restore =
          new Restore(
              repository.source(),
              target,
              TestRepository.renaming(schema.name(), copy.name()),
              Progress.SILENT,
              Clock.systemUTC());
      restore.run(restore.plan(backup.id()));
      assertThat(logPosition()).isEqualTo(before);
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
    }
  }

  private List<String> logPosition() {
    List<String> row =
        server
            .rows(server.isMariaDb() ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS")
            .getFirst();
    return row.subList(0, 2);
  }

  @Test
  void whatWasNotInTheBackupCannotBeSelectedOrRenamed() {
    RestoreOptions none =
        new RestoreOptions(
            new TableSelection(List.of("other.*"), List.of()), Map.of(), RestoreMode.CREATE, 1);
    assertThatThrownBy(() -> repository.restore(server, backup, none))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("nothing in it is selected")
        .hasMessageContaining(schema.name());
    assertThatThrownBy(
            () -> repository.restore(server, backup, TestRepository.renaming("other", "x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no such schema");
  }

  private List<PartEntry> partsOf(String table) {
    return repository.manifest(backup).tables().stream()
        .filter(entry -> entry.definition().name().table().equals(table))
        .findFirst()
        .orElseThrow()
        .parts();
  }

  @Test
  void keyValuesOfRowsAreShownOnlyOnRequest() {
    String[] show = {
      "show", "latest", "--name=test", "--json", "--store=" + repository.store().location()
    };
    CommandLineRun without = CommandLineRun.of(show);
    assertThat(without.exitCode()).as(without.text()).isZero();
    assertThat(without.out()).contains("\"by_name\"").doesNotContain("\"upper\"", "\"lower\"");
    String[] showKeys = Arrays.copyOf(show, show.length + 1);
    showKeys[show.length] = "--show-keys";
    assertThat(CommandLineRun.of(showKeys).out()).contains("\"upper\"", "\"lower\"");
  }
}
