package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupReport;
import io.varve.mysql.Definer;
import io.varve.mysql.EventState;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.testing.CommandLineRun;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything beside rows comes back, by SHOW CREATE and the data dictionary of both sides. */
class ObjectsTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  ObjectsTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
  }

  private BackupReport backup() {
    return repository.backup(server, TestRepository.of(schema.name()));
  }

  private RestoreReport restore(BackupReport backup, Definer definer, EventState events) {
    return repository.restore(
        server,
        backup,
        new RestoreOptions(
            TableSelection.ALL,
            Map.of(schema.name(), copy.name()),
            RestoreMode.CREATE,
            2,
            new ObjectOptions(definer, events)));
  }

  /** The definers of a schema's objects, by the data dictionary: {@code VIEW v -> user@host}. */
  private List<List<String>> definers(TestSchema of) {
    return server.rows(
        """
        SELECT 'VIEW', TABLE_NAME AS name, DEFINER FROM information_schema.VIEWS
          WHERE TABLE_SCHEMA='%1$s'
        UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME, DEFINER FROM information_schema.ROUTINES
          WHERE ROUTINE_SCHEMA='%1$s'
        UNION ALL SELECT 'TRIGGER', TRIGGER_NAME, DEFINER FROM information_schema.TRIGGERS
          WHERE TRIGGER_SCHEMA='%1$s'
        UNION ALL SELECT 'EVENT', EVENT_NAME, DEFINER FROM information_schema.EVENTS
          WHERE EVENT_SCHEMA='%1$s'
        ORDER BY 1"""
            .formatted(of.name()));
  }

  private static List<List<String>> ofOneOfEach(String definer) {
    return List.of(
        List.of("EVENT", "an_event", definer),
        List.of("FUNCTION", "an_odd_function", definer),
        List.of("PROCEDURE", "a_procedure", definer),
        List.of("TRIGGER", "a_trigger", definer),
        List.of("VIEW", "a_view", definer));
  }

  private void oneOfEach(String definer) {
    String clause = " DEFINER=" + definer + " ";
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "CREATE" + clause + "SQL SECURITY INVOKER VIEW a_view AS SELECT id FROM t",
        "CREATE" + clause + "PROCEDURE a_procedure() SELECT 'DEFINER=`nobody`@`x` '",
        "CREATE" + clause + "TRIGGER a_trigger BEFORE INSERT ON t FOR EACH ROW SET @x = NEW.id",
        "CREATE" + clause + "EVENT an_event ON SCHEDULE EVERY 1 YEAR ENABLE DO SET @x = 1",
        "SET SESSION sql_mode='ANSI_QUOTES'",
        "CREATE" + clause + "FUNCTION an_odd_function() RETURNS INT DETERMINISTIC RETURN 1");
  }

  @Test
  void aDefinerWithAnAccountIsKept() {
    try (TestUser user = server.freshUser("ALL ON " + schema.name() + ".*")) {
      oneOfEach("'" + user.name() + "'@'%'");
      RestoreReport report = restore(backup(), Definer.KEEP, EventState.KEEP);
      assertThat(report.notes()).isEmpty();
      assertThat(definers(copy)).isEqualTo(ofOneOfEach(user.name() + "@%"));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  @Test
  void forADefinerWithoutAnAccountTheRestoringUserStandsInAndTheReportSaysSo() {
    BackupReport backup;
    try (TestUser user = server.freshUser("ALL ON " + schema.name() + ".*")) {
      oneOfEach("'" + user.name() + "'@'%'");
      backup = backup();
      // MySQL drops no account that objects are defined by
      schema.execute(
          "DROP VIEW a_view",
          "DROP PROCEDURE a_procedure",
          "DROP TABLE t",
          "DROP EVENT an_event",
          "DROP FUNCTION an_odd_function");
    }
    RestoreReport report = restore(backup, Definer.KEEP, EventState.KEEP);
    assertThat(report.notes())
        .hasSize(5)
        .allMatch(note -> note.contains("no account on the target, the restoring user stands in"));
    assertThat(definers(copy)).isEqualTo(ofOneOfEach(restoringUser()));
  }

  private String restoringUser() {
    return server.value("SELECT CURRENT_USER()");
  }

  @Test
  void definersAreStrippedOrReplacedWhenAsked() {
    try (TestUser user = server.freshUser("ALL ON " + schema.name() + ".*");
        TestUser other = server.freshUser("ALL ON " + copy.name() + ".*")) {
      oneOfEach("'" + user.name() + "'@'%'");
      BackupReport backup = backup();
      assertThat(restore(backup, Definer.STRIP, EventState.KEEP).notes()).isEmpty();
      assertThat(definers(copy)).isEqualTo(ofOneOfEach(restoringUser()));

      CommandLineRun run = onCommandLine("--mode", "replace", "--definer", other.name() + "@'%'");
      assertThat(run.exitCode()).as(run.text()).isZero();
      assertThat(definers(copy)).isEqualTo(ofOneOfEach(other.name() + "@%"));

      CommandLineRun nobody = onCommandLine("--mode", "replace", "--definer", "nobody@nowhere");
      assertThat(nobody.exitCode()).isEqualTo(3);
      assertThat(nobody.text()).contains("nobody@nowhere", "no such account", "--definer strip");
      CommandLineRun wrong = onCommandLine("--definer", "nobody");
      assertThat(wrong.exitCode()).isEqualTo(2);
      assertThat(wrong.text()).contains("keep, strip or USER@HOST");
    }
  }

  private CommandLineRun onCommandLine(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "restore",
                "--store",
                repository.store().location(),
                "--target",
                server.uri(),
                "--rename",
                schema.name() + "=" + copy.name()));
    args.addAll(List.of(more));
    return CommandLineRun.withLogin(server, args.toArray(String[]::new));
  }

  /** The user of a managed server, who may set definers but not read the accounts. */
  @Test
  void definersAreKeptAlsoWhereTheRestoringUserMayNotLookAccountsUp() {
    String trusting = server.value("SELECT @@GLOBAL.log_bin_trust_function_creators");
    server.execute("SET GLOBAL log_bin_trust_function_creators = 1");
    // MySQL lets only some set what a restore sets for its session
    String session = server.isMariaDb() ? "USAGE ON *.*" : "SESSION_VARIABLES_ADMIN ON *.*";
    String definer = server.isMariaDb() ? "SET USER ON *.*" : "SET_ANY_DEFINER ON *.*";
    String all = "ALL ON " + copy.name() + ".*";
    try (TestUser user = server.freshUser("ALL ON " + schema.name() + ".*");
        TestUser restoring = server.freshUser(all, session, definer);
        TestUser weak = server.freshUser(all, session)) {
      oneOfEach("'" + user.name() + "'@'%'");
      BackupReport backup = backup();
      assertThat(restoreAs(restoring, backup).notes()).isEmpty();
      assertThat(definers(copy)).isEqualTo(ofOneOfEach(user.name() + "@%"));

      assertThat(restoreAs(weak, backup).notes())
          .hasSize(5)
          .allMatch(note -> note.contains("may not make it for its definer and stands in"));
      assertThat(definers(copy)).isEqualTo(ofOneOfEach(weak.name() + "@%"));
    } finally {
      server.execute("SET GLOBAL log_bin_trust_function_creators = " + trusting);
    }
  }

  private RestoreReport restoreAs(TestUser user, BackupReport backup) {
    TestServer asUser = new TestServer(server.host(), server.port(), user.name(), user.password());
    return repository.restore(
        asUser,
        backup,
        new RestoreOptions(
            TableSelection.ALL, Map.of(schema.name(), copy.name()), RestoreMode.REPLACE, 2));
  }

  @Test
  void eventsKeepTheirStateOrAreMadeDisabled() {
    schema.execute(
        "CREATE EVENT `on completion preserve enable` ON SCHEDULE EVERY 1 DAY STARTS"
            + " '2031-01-01' ENDS '2032-01-01' ON COMPLETION PRESERVE ENABLE COMMENT 'ON COMPLETION"
            + " PRESERVE ENABLE' DO SET @x = 'ON COMPLETION PRESERVE ENABLE'",
        "CREATE EVENT once ON SCHEDULE AT '2031-01-01' ENABLE DO SET @x = 1",
        "CREATE EVENT off ON SCHEDULE EVERY 2 MINUTE DISABLE DO SET @x = 1",
        "CREATE EVENT replicated ON SCHEDULE EVERY 2 MINUTE DISABLE ON SLAVE DO SET @x = 1");
    BackupReport backup = backup();
    restore(backup, Definer.KEEP, EventState.KEEP);
    assertThat(events(copy)).isEqualTo(events(schema));
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));

    CommandLineRun run = onCommandLine("--mode", "replace", "--events", "disabled");
    assertThat(run.exitCode()).as(run.text()).isZero();
    schema.execute(
        "ALTER EVENT `on completion preserve enable` DISABLE", "ALTER EVENT once DISABLE");
    assertThat(events(copy)).isEqualTo(events(schema));
  }

  private List<List<String>> events(TestSchema of) {
    return server.rows(
        "SELECT EVENT_NAME, STATUS, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS,"
            + " ENDS, ON_COMPLETION, EVENT_COMMENT, EVENT_DEFINITION, TIME_ZONE FROM"
            + " information_schema.EVENTS WHERE EVENT_SCHEMA='"
            + of.name()
            + "' ORDER BY 1");
  }

  @Test
  void anEventWhoseTimeHasPassedIsReported() {
    schema.execute(
        "CREATE EVENT gone ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 1 SECOND DISABLE DO SET"
            + " @x = 1",
        "CREATE EVENT kept ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 1 SECOND ON COMPLETION"
            + " PRESERVE DISABLE DO SET @x = 1",
        "DO SLEEP(2)");
    BackupReport backup = backup();
    RestoreReport report = restore(backup, Definer.KEEP, EventState.KEEP);
    assertThat(report.notes())
        .contains("event gone: its time is past, so the server does not make it")
        .noneMatch(note -> note.contains("kept") && note.contains("does not make"));
    assertThat(events(copy)).hasSize(1);
  }

  @Test
  void triggersOfOneEventKeepTheirOrder() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, path VARCHAR(20) NOT NULL)",
        "CREATE TRIGGER c BEFORE INSERT ON t FOR EACH ROW SET NEW.path=CONCAT(NEW.path, 'c')",
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.path=CONCAT(NEW.path, 'a')",
        "CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW PRECEDES a SET"
            + " NEW.path=CONCAT(NEW.path, 'b')",
        "CREATE TRIGGER d BEFORE UPDATE ON t FOR EACH ROW SET NEW.path=CONCAT(NEW.path, 'd')");
    restore(backup(), Definer.KEEP, EventState.KEEP);
    copy.execute("INSERT INTO t VALUES (1, '')");
    assertThat(server.value("SELECT path FROM " + copy.name() + ".t")).isEqualTo("cba");
    String order =
        "SELECT TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER FROM"
            + " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='%s' ORDER BY 1";
    assertThat(server.rows(order.formatted(copy.name())))
        .isEqualTo(server.rows(order.formatted(schema.name())));
  }
}
