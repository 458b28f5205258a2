package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
            Map.of(),
            new ObjectOptions(definer, events),
            false,
            false,
            false));
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

  @Test
  void sequencesGoOnWhereTheyWere() {
    assumeTrue(server.isMariaDb());
    schema.execute(
        "CREATE SEQUENCE orders START WITH 100 CACHE 10",
        "CREATE TABLE t (id BIGINT DEFAULT NEXTVAL(orders) PRIMARY KEY, v INT)",
        "INSERT INTO t (v) VALUES (1), (2), (3)",
        "CREATE SEQUENCE `run ``out` MAXVALUE 2 NOCACHE NOCYCLE COMMENT 'it''s'",
        "DO NEXTVAL(`run ``out`), NEXTVAL(`run ``out`)",
        "CREATE SEQUENCE cycled START WITH 2 MINVALUE 1 MAXVALUE 3 NOCACHE CYCLE",
        "DO NEXTVAL(cycled), NEXTVAL(cycled), NEXTVAL(cycled)",
        "CREATE SEQUENCE down START WITH -1 INCREMENT BY -2 MINVALUE -9000000000000000000 MAXVALUE"
            + " 5 CACHE 3",
        "DO NEXTVAL(down)",
        "CREATE SEQUENCE back START WITH 50 NOCACHE",
        "DO NEXTVAL(back)",
        "ALTER SEQUENCE back RESTART WITH 7");
    BackupReport backup = backup();
    assertThat(backup.notes())
        .contains(
            "sequence "
                + schema.name()
                + ".orders is not transactional: its value is of a moment after the snapshot was"
                + " opened");
    copy.execute("CREATE SEQUENCE down");
    CommandLineRun refused = onCommandLine();
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.text()).contains(copy.name() + ".down", "--mode replace");
    for (int restore = 1; restore <= 2; restore++) {
      CommandLineRun run = onCommandLine("--mode", "replace");
      assertThat(run.exitCode()).as(run.text()).isZero();
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
      for (String name : List.of("orders", "run ``out", "cycled", "down", "back")) {
        String state = "SELECT * FROM %s.`" + name + "`";
        assertThat(server.rows(state.formatted(copy.name())))
            .as(name)
            .isEqualTo(server.rows(state.formatted(schema.name())));
        String shown = "SHOW CREATE SEQUENCE %s.`" + name + "`";
        assertThat(server.rows(shown.formatted(copy.name())))
            .as(name)
            .isEqualTo(server.rows(shown.formatted(schema.name())));
      }
    }
    copy.execute("INSERT INTO t (v) VALUES (4)");
    assertThat(server.value("SELECT id FROM " + copy.name() + ".t WHERE v=4")).isEqualTo("110");
  }

  @Test
  void sequencesAreSelectedByName() {
    assumeTrue(server.isMariaDb());
    schema.execute("CREATE SEQUENCE wanted", "CREATE SEQUENCE unwanted");
    BackupReport backup = backup();
    repository.restore(
        server,
        backup,
        new RestoreOptions(
            new TableSelection(List.of("*.*wanted"), List.of("*.un*")),
            Map.of(schema.name(), copy.name()),
            RestoreMode.CREATE,
            2));
    assertThat(server.rows("SHOW TABLES FROM " + copy.name())).containsExactly(List.of("wanted"));
  }

  @Test
  void aDefaultWhoseSequenceIsLeftOutIsRefusedBeforeAnythingIsWritten() {
    assumeTrue(server.isMariaDb());
    schema.execute("CREATE SEQUENCE s", "CREATE TABLE t (id INT PRIMARY KEY DEFAULT NEXTVAL(s))");
    BackupReport backup = backup();
    copy.close();
    RestoreOptions withoutIt =
        new RestoreOptions(
            new TableSelection(List.of(), List.of("*.s")),
            Map.of(schema.name(), copy.name()),
            RestoreMode.CREATE,
            2);
    assertThatThrownBy(() -> repository.restore(server, backup, withoutIt))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("column `id`")
        .hasMessageContaining("sequence");
    assertThat(server.rows("SHOW DATABASES LIKE '" + copy.name() + "'")).isEmpty();
  }

  @Test
  void theHistoryOfSystemVersionedTablesComesBack() {
    assumeTrue(server.isMariaDb());
    assumeTrue(
        !server.rows("SHOW VARIABLES LIKE 'system_versioning_insert_history'").isEmpty(),
        "MariaDB takes history since 10.11");
    schema.execute(
        "CREATE TABLE plain (id INT PRIMARY KEY, v INT, w INT AS (v + 1), KEY (v)) WITH SYSTEM"
            + " VERSIONING",
        "CREATE TABLE named (id INT PRIMARY KEY, v INT, since TIMESTAMP(6) GENERATED ALWAYS AS ROW"
            + " START, until TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME"
            + " (since, until)) WITH SYSTEM VERSIONING",
        "CREATE TABLE parted (id INT, v INT WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING"
            + " PARTITION BY SYSTEM_TIME LIMIT 100 (PARTITION h HISTORY, PARTITION c CURRENT)");
    for (String table : List.of("plain", "named", "parted")) {
      schema.execute(
          "INSERT INTO " + table + " (id, v) VALUES (1, 1), (2, 2), (3, 3)",
          "UPDATE " + table + " SET id = 4 WHERE id = 1",
          "UPDATE " + table + " SET id = 5 WHERE id = 4",
          "DELETE FROM " + table + " WHERE id = 2",
          "INSERT INTO " + table + " (id, v) VALUES (2, 22)");
    }
    BackupReport backup = backup();
    assertThat(backup.notes()).isEmpty();
    assertThat(restore(backup, Definer.KEEP, EventState.KEEP).verified()).isTrue();
    for (String query :
        List.of(
            "SELECT *, row_start, row_end FROM %s.plain FOR SYSTEM_TIME ALL ORDER BY 1, 4",
            "SELECT * FROM %s.named FOR SYSTEM_TIME ALL ORDER BY 1, 3",
            "SELECT *, row_start, row_end FROM %s.parted FOR SYSTEM_TIME ALL ORDER BY 1, 3",
            "SELECT * FROM %s.plain ORDER BY 1")) {
      assertThat(server.rows(query.formatted(copy.name())))
          .hasSizeGreaterThan(2)
          .isEqualTo(server.rows(query.formatted(schema.name())));
    }
    assertThat(SchemaContents.of(server, copy.name()).definitions())
        .isEqualTo(SchemaContents.of(server, schema.name()).definitions());
    copy.execute("UPDATE plain SET v = 7 WHERE id = 5");
    assertThat(
            server.value(
                "SELECT COUNT(*) FROM " + copy.name() + ".plain FOR SYSTEM_TIME ALL WHERE id = 5"))
        .isEqualTo("2");
  }

  @Test
  void aHistoryByTransactionIsRefused() {
    assumeTrue(server.isMariaDb());
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, since BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,"
            + " until BIGINT UNSIGNED GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (since,"
            + " until)) WITH SYSTEM VERSIONING ENGINE=InnoDB");
    assertThatThrownBy(this::backup)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(schema.name() + ".t")
        .hasMessageContaining("column since");
  }

  @Test
  void whatTablesAreMadeOfComesBack() {
    schema.execute(
        "SET foreign_key_checks = 0",
        "ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german2_ci",
        "CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, v INT, CONSTRAINT positive CHECK"
            + " (v > 0)) ENGINE=InnoDB AUTO_INCREMENT=5000 COMMENT='it''s, (a) comment'",
        "INSERT INTO counted (v) VALUES (1)",
        "DELETE FROM counted",
        "CREATE TABLE computed (id INT PRIMARY KEY, a INT, hidden INT INVISIBLE, twice INT AS (a"
            + " * 2) VIRTUAL, thrice INT AS (a * 3) STORED, KEY (twice), KEY down (a DESC, thrice))"
            + " ENGINE=InnoDB",
        "INSERT INTO computed (id, a, hidden) VALUES (1, 2, 3), (2, NULL, NULL)",
        "CREATE TABLE parted (id INT NOT NULL, at DATE NOT NULL, PRIMARY KEY (id, at))"
            + " ENGINE=InnoDB PARTITION BY RANGE (YEAR(at)) SUBPARTITION BY HASH (id) SUBPARTITIONS"
            + " 2 (PARTITION p1 VALUES LESS THAN (2020), PARTITION p2 VALUES LESS THAN MAXVALUE)",
        "INSERT INTO parted VALUES (1, '2019-05-05'), (2, '2025-05-05')",
        "CREATE TABLE texts (id INT PRIMARY KEY, t TEXT"
            + " CHARACTER SET latin1 COLLATE latin1_german2_ci, g POINT NOT NULL, FULLTEXT KEY words (t),"
            + " SPATIAL KEY place (g)) ENGINE=InnoDB",
        "INSERT INTO texts VALUES (1, 'some words', ST_GeomFromText('POINT(1 2)'))",
        "CREATE TABLE egg (id INT PRIMARY KEY, hen INT, CONSTRAINT laid_by FOREIGN KEY (hen)"
            + " REFERENCES hen (id) ON DELETE SET NULL) ENGINE=InnoDB",
        "CREATE TABLE hen (id INT PRIMARY KEY, egg INT, CONSTRAINT born_of FOREIGN KEY (egg)"
            + " REFERENCES egg (id) ON UPDATE CASCADE) ENGINE=InnoDB",
        "INSERT INTO egg VALUES (1, 1)",
        "INSERT INTO hen VALUES (1, 1)");
    if (!server.isMariaDb()) {
      schema.execute(
          "CREATE TABLE functional (id INT PRIMARY KEY, s VARCHAR(20)"
              + " CHARACTER SET latin1 COLLATE latin1_german2_ci, KEY lowered ((LOWER(s))))",
          "INSERT INTO functional VALUES (1, 'A')");
    }
    copy.close(); // a schema that stands keeps its defaults
    restore(backup(), Definer.KEEP, EventState.KEEP);
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
    String defaults =
        "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM"
            + " information_schema.SCHEMATA WHERE SCHEMA_NAME='%s'";
    assertThat(server.rows(defaults.formatted(copy.name())))
        .containsExactly(List.of("latin1", "latin1_german2_ci"));
    copy.execute("INSERT INTO counted (v) VALUES (1)");
    assertThat(server.value("SELECT id FROM " + copy.name() + ".counted")).isEqualTo("5001");
  }

  /** Also where the server hides them by default, and where the target makes such keys itself. */
  @Test
  void invisiblePrimaryKeysComeBackWithTheirValues() {
    assumeTrue(!server.isMariaDb());
    schema.execute(
        "SET sql_generate_invisible_primary_key = 1",
        "CREATE TABLE keyed (v INT) ENGINE=InnoDB",
        "INSERT INTO keyed (my_row_id, v) VALUES (7, 1), (9, 2)",
        "SET sql_generate_invisible_primary_key = 0",
        "CREATE TABLE keyless (v INT) ENGINE=InnoDB",
        "INSERT INTO keyless VALUES (1), (1)");
    String hidden = "SET GLOBAL show_gipk_in_create_table_and_information_schema = ";
    String made = "SET GLOBAL sql_generate_invisible_primary_key = ";
    server.execute(hidden + "OFF", made + "ON");
    try {
      restore(backup(), Definer.KEEP, EventState.KEEP);
    } finally {
      server.execute(hidden + "ON", made + "OFF");
    }
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
    assertThat(server.rows("SELECT my_row_id, v FROM " + copy.name() + ".keyed"))
        .containsExactly(List.of("7", "1"), List.of("9", "2"));
  }

  @Test
  void foreignKeysAndViewsAcrossSchemasFollowTheirRenames() {
    try (TestSchema other = server.freshSchema();
        TestSchema otherCopy = server.freshSchema()) {
      other.execute(
          "CREATE TABLE parent (id INT PRIMARY KEY) ENGINE=InnoDB",
          "INSERT INTO parent VALUES (1)");
      schema.execute(
          "CREATE TABLE child (id INT PRIMARY KEY, parent INT, CONSTRAINT of_parent FOREIGN KEY"
              + " (parent) REFERENCES "
              + other.name()
              + ".parent (id)) ENGINE=InnoDB",
          "INSERT INTO child VALUES (1, 1)");
      other.execute("CREATE VIEW children AS SELECT id FROM " + schema.name() + ".child");
      BackupReport backup =
          repository.backup(server, TestRepository.of(schema.name(), other.name()));
      repository.restore(
          server,
          backup,
          new RestoreOptions(
              TableSelection.ALL,
              Map.of(schema.name(), copy.name(), other.name(), otherCopy.name()),
              RestoreMode.CREATE,
              2));
      assertThat(
              server.rows(
                  "SELECT UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME FROM"
                      + " information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA='"
                      + copy.name()
                      + "'"))
          .containsExactly(List.of(otherCopy.name(), "parent"));
      assertThat(
              server.value(
                  "SELECT VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA='"
                      + otherCopy.name()
                      + "'"))
          .contains("`" + copy.name() + "`.`child`")
          .doesNotContain("`" + schema.name() + "`");
      copy.execute("DROP TABLE child"); // before its parent's schema goes
      schema.execute("DROP TABLE child");
    }
  }
}
