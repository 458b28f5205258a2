package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.testing.GrantFile;
import io.varve.testing.GrantFile.Grant;
import io.varve.testing.RichSchema;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * With the grants of {@code infra/grants}, and no other, all works; without one of them, not all.
 */
class PrivilegesTest {

  private final TestServer server = TestServer.shared();
  private final String trust = server.value("SELECT @@GLOBAL.log_bin_trust_function_creators");
  private final TestUser app = server.freshUser("ALL ON `varve_test_%`.*");
  private final TestUser backupUser = server.freshUser();
  private final TestUser restoreUser = server.freshUser();
  private TestSchema schema;
  private TestSchema copy;
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it, and makes the schemas before each test
  PrivilegesTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  /** By the application's user, so that definers are accounts like those of real schemas. */
  @BeforeEach
  void makeSchemas() {
    server.execute("SET GLOBAL log_bin_trust_function_creators = 1");
    schema = as(app).freshSchema();
    copy = server.freshSchema();
    copy.close(); // to be made by the restore
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
    restoreUser.close();
    backupUser.close();
    app.close();
    server.execute("SET GLOBAL log_bin_trust_function_creators = " + trust);
  }

  private TestServer as(TestUser user) {
    return new TestServer(server.host(), server.port(), user.name(), user.password());
  }

  private static String account(TestUser user) {
    return "'" + user.name() + "'@'%'";
  }

  private String flavour() {
    return server.isMariaDb() ? "mariadb" : "mysql";
  }

  private GrantFile forBackup(String kind, TestUser user) {
    return GrantFile.read("backup-" + kind + ".sql", account(user), schema.name());
  }

  private GrantFile forRestore(String kind, TestUser user) {
    return GrantFile.read("restore-" + kind + ".sql", account(user), copy.name());
  }

  private void oneOfEach() {
    schema.execute(
        "CREATE TABLE parent (id INT PRIMARY KEY, name VARCHAR(10), KEY (name)) ENGINE=InnoDB",
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT, CONSTRAINT of_parent FOREIGN KEY"
            + " (parent) REFERENCES parent (id)) ENGINE=InnoDB",
        "INSERT INTO parent VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO child VALUES (1, 1)",
        "CREATE FUNCTION doubled(x INT) RETURNS INT DETERMINISTIC RETURN 2 * x",
        "CREATE PROCEDURE clean() DELETE FROM child WHERE id < 0",
        "CREATE VIEW seen AS SELECT id, doubled(id) AS twice FROM parent",
        "CREATE TRIGGER counted BEFORE INSERT ON child FOR EACH ROW SET @x = NEW.id",
        "CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DISABLE DO SET @x = 1");
    withoutTransactions();
  }

  private void withoutTransactions() {
    schema.execute(
        "CREATE TABLE plain (id INT PRIMARY KEY) ENGINE=MyISAM", "INSERT INTO plain VALUES (1)");
  }

  private BackupReport backup(TestUser user, Optional<SnapshotWay> way) {
    return repository.backup(
        as(user),
        new BackupOptions(
            new TableSelection(List.of(schema.name()), List.of()),
            2,
            TestRepository.PART_BYTES,
            1,
            way));
  }

  private RestoreReport restore(TestUser user, BackupReport backup, Target.BinaryLog binaryLog) {
    try (Target target = Target.connect(TestRepository.settings(as(user)), binaryLog)) {
      Restore restore =
          new Restore(
              repository.source(),
              target,
              new RestoreOptions(
                  TableSelection.ALL, Map.of(schema.name(), copy.name()), RestoreMode.CREATE, 2),
              Progress.SILENT,
              Clock.systemUTC());
      return restore.run(restore.plan(backup.id()));
    }
  }

  /** What is always said of such a schema, and has nothing to do with privileges. */
  private List<String> usualNotes() {
    return List.of(
        schema.name()
            + ".plain (MyISAM) has no snapshots: it was read under a lock of its own, at another"
            + " moment than the others");
  }

  @Test
  void withTheFilesEverythingComesBackAndNothingIsMissed() {
    RichSchema.fill(schema);
    withoutTransactions();
    forBackup(flavour(), backupUser).runOn(server);
    forRestore(flavour(), restoreUser).runOn(server);
    assertWhole(usualNotes());
  }

  private void assertWhole(List<String> notes) {
    BackupReport backup = backup(backupUser, Optional.empty());
    assertThat(backup.notes()).isEqualTo(notes);
    assertThat(backup.consistency().waysRefused()).isEmpty();
    assertThat(restore(restoreUser, backup, Target.BinaryLog.ON).notes()).isEmpty();
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  /** There neither SUPER nor FLUSH TABLES WITH READ LOCK is to be had. */
  @Test
  void withTheFilesForRdsEverythingComesBackFromAndToMySql() {
    assumeThat(server.isMariaDb()).isFalse();
    RichSchema.fill(schema);
    withoutTransactions();
    forBackup("rds", backupUser).runOn(server);
    forRestore("rds", restoreUser).runOn(server);
    for (TestUser user : List.of(backupUser, restoreUser)) {
      assertThatThrownBy(() -> as(user).execute("FLUSH TABLES WITH READ LOCK"))
          .hasMessageContaining("RELOAD");
      assertThatThrownBy(() -> as(user).execute("SET SESSION innodb_strict_mode = 0"))
          .hasMessageContaining("SESSION_VARIABLES_ADMIN");
    }
    assertWhole(usualNotes());
  }

  /** What the master user of RDS for MariaDB cannot grant is noted, and stops nothing. */
  @Test
  void withoutWhatRdsDoesNotGiveEverythingComesBackFromAndToMariaDb() {
    assumeThat(server.isMariaDb()).isTrue();
    oneOfEach();
    forBackup("mariadb", backupUser).only(grant -> !grant.notOnRds()).runOn(server);
    forRestore("mariadb", restoreUser).only(grant -> !grant.notOnRds()).runOn(server);
    BackupReport backup = backup(backupUser, Optional.empty());
    assertThat(backup.consistency().snapshot())
        .isEqualTo(isReplicaUpdatesOff() ? "lock-tables" : "binlog-status");
    assertThat(backup.notes())
        .containsAll(usualNotes())
        .anyMatch(note -> note.contains("GRANT BINLOG ADMIN ON *.* TO " + account(backupUser)));
    RestoreReport report = restore(restoreUser, backup, Target.BinaryLog.ON);
    assertThat(report.notes())
        .hasSize(5)
        .allMatch(note -> note.contains("GRANT SET USER ON *.* TO " + account(restoreUser)));
    SchemaContents restored = SchemaContents.of(server, copy.name());
    assertThat(restored.rows()).isEqualTo(SchemaContents.of(server, schema.name()).rows());
    assertThat(restored.definitions().keySet())
        .isEqualTo(SchemaContents.of(server, schema.name()).definitions().keySet());
  }

  private boolean isReplicaUpdatesOff() {
    return server.value("SELECT @@GLOBAL.log_slave_updates").equals("0");
  }

  @TestFactory
  List<DynamicTest> eachWayToASnapshotNeedsJustItsGrants() {
    oneOfEach();
    return ways().stream()
        .map(way -> DynamicTest.dynamicTest(way.toString(), () -> needsJustItsGrants(way)))
        .toList();
  }

  private void needsJustItsGrants(SnapshotWay way) {
    Predicate<Grant> its = grant -> grant.isFor(way.toString());
    try (TestUser user = server.freshUser()) {
      forBackup(flavour(), user).only(its).runOn(server);
      BackupReport backup = backup(user, Optional.of(way));
      assertThat(backup.notes()).isEqualTo(usualNotes());
      assertThat(backup.consistency().snapshot()).isEqualTo(way.toString());
      assertThat(backup.consistency().connections()).isEqualTo(way == SnapshotWay.SINGLE ? 1 : 2);
    }
    for (Grant own : forBackup(flavour(), backupUser).only(its).grants()) {
      if (own.onlyFor().isEmpty()) {
        continue;
      }
      try (TestUser user = server.freshUser()) {
        GrantFile file = forBackup(flavour(), user).only(its);
        Grant left =
            file.only(grant -> grant.toString().equals(own.toString())).grants().getFirst();
        file.only(grant -> !grant.equals(left)).runOn(server);
        assertThatThrownBy(() -> backup(user, Optional.of(way)))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining(left.statement());
      }
    }
  }

  private List<SnapshotWay> ways() {
    return List.of(
        server.isMariaDb() ? SnapshotWay.BINLOG_STATUS : SnapshotWay.GTID,
        SnapshotWay.LOCK_TABLES,
        SnapshotWay.SINGLE);
  }

  @TestFactory
  List<DynamicTest> withoutOneGrantTheBackupFailsOrSaysWhichItLacks() {
    oneOfEach();
    return leavingOut(
        user -> forBackup(flavour(), user),
        grant -> !grant.onlyFor().equals("lock-tables"), // by the log there is no need for it
        (user, grant) -> backup(user, Optional.empty()).notes());
  }

  @TestFactory
  List<DynamicTest> withoutOneGrantOfRdsTheBackupFailsOrSaysWhichItLacks() {
    assumeThat(server.isMariaDb()).isFalse();
    oneOfEach();
    return leavingOut(
        user -> forBackup("rds", user),
        grant ->
            !grant.onlyFor().equals("lock-tables")
                // without it, smaller privileges than that are asked for
                && !grant.statement().startsWith("GRANT SELECT ON *.*"),
        (user, grant) -> backup(user, Optional.empty()).notes());
  }

  @TestFactory
  List<DynamicTest> withoutOneGrantTheRestoreFailsOrSaysWhichItLacks() {
    oneOfEach();
    forBackup(flavour(), backupUser).runOn(server);
    BackupReport backup = backup(backupUser, Optional.empty());
    return leavingOut(
        user -> forRestore(flavour(), user),
        grant -> true,
        (user, grant) -> {
          copy.close();
          boolean logged = !grant.onlyFor().equals("--no-binary-log");
          return restore(user, backup, logged ? Target.BinaryLog.ON : Target.BinaryLog.OFF).notes();
        });
  }

  /** Runs something that answers notes. */
  private interface Work {
    List<String> by(TestUser user, Grant left);
  }

  /** With a new user for each: the server itself grants more when routines are made. */
  private List<DynamicTest> leavingOut(
      Function<TestUser, GrantFile> fileFor, Predicate<Grant> needed, Work work) {
    List<Grant> grants = fileFor.apply(backupUser).only(Grant::isGrant).only(needed).grants();
    return IntStream.range(0, grants.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    grants.get(i).toString(),
                    () -> {
                      try (TestUser user = server.freshUser()) {
                        GrantFile file = fileFor.apply(user);
                        Grant left = file.only(Grant::isGrant).only(needed).grants().get(i);
                        file.only(grant -> !grant.equals(left)).runOn(server);
                        assertThat(saidBy(() -> work.by(user, left)))
                            .anyMatch(said -> said.contains(left.statement()));
                      }
                    }))
        .toList();
  }

  private static List<String> saidBy(Supplier<List<String>> work) {
    try {
      return work.get();
    } catch (InvalidRequestException failed) {
      return List.of(failed.getMessage());
    }
  }

  @Test
  void aFunctionThatTheServerDoesNotTrustNamesTheSetting() {
    oneOfEach();
    forBackup(flavour(), backupUser).runOn(server);
    forRestore(flavour(), restoreUser).runOn(server);
    BackupReport backup = backup(backupUser, Optional.empty());
    server.execute("SET GLOBAL log_bin_trust_function_creators = 0");
    assertThatThrownBy(() -> restore(restoreUser, backup, Target.BinaryLog.ON))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(
            forRestore(flavour(), restoreUser)
                .only(grant -> !grant.isGrant())
                .grants()
                .getFirst()
                .statement());
  }

  @Test
  void allThatIsMissingIsSaidAtOnce() {
    oneOfEach();
    server.execute("GRANT SELECT ON `" + schema.name() + "`.* TO " + account(backupUser));
    assertThatThrownBy(() -> backup(backupUser, Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(
            "GRANT SHOW VIEW, TRIGGER, EVENT ON `"
                + schema.name()
                + "`.* TO "
                + account(backupUser)
                + ";")
        .hasMessageContaining(
            server.isMariaDb()
                ? "GRANT SELECT ON `mysql`.`proc` TO " + account(backupUser) + ";"
                : "GRANT SHOW_ROUTINE, PROCESS, REPLICATION CLIENT ON *.* TO "
                    + account(backupUser)
                    + ";");
  }
}
