package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.TableSelection;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.CommandLineRun;
import io.varve.testing.GlobalSettings;
import io.varve.testing.Numbers;
import io.varve.testing.RichSchema;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a server's settings are: what was there comes back, or an error says what to set. */
class ServerSettingsTest {

  private static final long MB = 1L << 20;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final Path folder;
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  ServerSettingsTest(@TempDir Path folder) {
    this.folder = folder;
    this.repository = TestRepository.in(folder);
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

  private RestoreReport restore(BackupReport backup) {
    return repository.restore(server, backup, renamed());
  }

  private RestoreOptions renamed() {
    return TestRepository.renaming(schema.name(), copy.name());
  }

  private void assertTheCopyIsEqual() {
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  private TestServer as(TestUser user) {
    return new TestServer(server.host(), server.port(), user.name(), user.password());
  }

  @Test
  void theServersDefaultSqlModeChangesNothing() {
    RichSchema.fill(schema);
    SchemaContents original = SchemaContents.of(server, schema.name());
    try (GlobalSettings odd =
        GlobalSettings.on(server)
            .with(
                "sql_mode",
                "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE,IGNORE_SPACE,"
                    + "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                    + "PAD_CHAR_TO_FULL_LENGTH")) {
      restore(backup());
    }
    assertThat(SchemaContents.of(server, copy.name())).isEqualTo(original);
  }

  @Test
  void objectsMadeUnderAnySqlModeComeBackAndFollowTheirSchemasRename() {
    String name = schema.name();
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(60))",
        "INSERT INTO t VALUES (1, 'one')",
        "SET SESSION sql_mode='ANSI_QUOTES'",
        "CREATE FUNCTION ansi(\"a \"\" name\" INT) RETURNS VARCHAR(60) READS SQL DATA"
            + " RETURN (SELECT CONCAT(\"t\".\"v\", '\\\\', '\"%1$s\".\"x\"', \"a \"\" name\")"
                .formatted(name)
            + " FROM \"%1$s\".\"t\" WHERE \"%1$s\".\"t\".\"id\" = 1)".formatted(name),
        "CREATE PROCEDURE \"an \\ ansi\"() SELECT COUNT(*) FROM \"%s\".t".formatted(name),
        "CREATE TRIGGER \"set\" BEFORE UPDATE ON \"%1$s\".\"t\" FOR EACH ROW SET NEW.v = (SELECT"
                .formatted(name)
            + " MAX(\"id\") FROM \"%1$s\".\"t\")".formatted(name),
        "CREATE EVENT \"an \\ event\" ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM \"%s\".\"t\""
            .formatted(name),
        "CREATE VIEW \"an ansi view\" AS SELECT \"t\".\"v\" || '' AS \"a \\ b\" FROM \"%s\".\"t\""
            .formatted(name),
        "SET SESSION sql_mode='NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
        "CREATE FUNCTION plain() RETURNS VARCHAR(90) READS SQL DATA RETURN '\\' || \"\\\" ||"
            + " (SELECT MAX(v) FROM %1$s.t) || '%1$s.t'".formatted(name),
        "CREATE VIEW slashed AS SELECT '\\' || v AS v FROM %s.t".formatted(name),
        "SET SESSION sql_mode='STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
        "CREATE FUNCTION strict() RETURNS VARCHAR(60) READS SQL DATA RETURN (SELECT CONCAT('\\',"
            + " MAX(\"v\")) FROM \"%s\".t)".formatted(name),
        "SET SESSION sql_mode=''",
        "CREATE FUNCTION lax() RETURNS VARCHAR(90) READS SQL DATA RETURN CONCAT(\"%1$s.t\","
                .formatted(name)
            + " 'it\\'s `%1$s`.x', (SELECT MAX(v) FROM `%1$s`.t))".formatted(name),
        "CREATE FUNCTION lax_number() RETURNS TINYINT DETERMINISTIC RETURN '12x'");
    List<String> calls =
        List.of(
            "ansi(3)",
            "plain()",
            "strict()",
            "lax()",
            "(SELECT HEX(v) FROM %s.slashed)",
            "(SELECT HEX(`a \\ b`) FROM %s.`an ansi view`)");
    List<String> answers = answers(schema, calls);
    restore(backup());
    schema.execute("DROP TABLE t"); // on which nothing of the copy stands any more
    assertThat(answers(copy, calls)).isEqualTo(answers);
    copy.execute("CALL `an \\ ansi`()", "UPDATE t SET v = 'two'");
    assertThat(server.value("SELECT v FROM " + copy.name() + ".t")).isEqualTo("1");
    assertThat(server.rows("SHOW CREATE EVENT `" + copy.name() + "`.`an \\ event`").toString())
        .contains("FROM `" + copy.name() + "`.\"t\"")
        .doesNotContain(name);
    assertThat(sqlModes(copy)).isEqualTo(sqlModes(schema)).hasSize(7);
  }

  private List<List<String>> sqlModes(TestSchema of) {
    return server.rows(
        """
        SELECT ROUTINE_NAME AS name, SQL_MODE FROM information_schema.ROUTINES
          WHERE ROUTINE_SCHEMA='%1$s'
        UNION ALL SELECT EVENT_NAME, SQL_MODE FROM information_schema.EVENTS
          WHERE EVENT_SCHEMA='%1$s'
        ORDER BY 1"""
            .formatted(of.name()));
  }

  private List<String> answers(TestSchema of, List<String> calls) {
    List<String> answers = new ArrayList<>();
    for (String call : calls) {
      String qualified = call.startsWith("(") ? call.formatted(of.name()) : of.name() + "." + call;
      answers.add(call + " = " + server.value("SELECT " + qualified));
    }
    return answers;
  }

  @Test
  void rowsLongerThanMaxAllowedPacketAreBackedUpAndTheTargetIsAskedFirst() {
    StringBuilder columns = new StringBuilder();
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      columns.append(", c").append(i).append(" TEXT");
      values.append(", REPEAT('x', 60000)");
    }
    schema.execute(
        "CREATE TABLE wide (id INT PRIMARY KEY" + columns + ") ENGINE=InnoDB CHARSET=latin1",
        "INSERT INTO wide SELECT 1" + values,
        "CREATE TABLE large (id INT PRIMARY KEY, b LONGBLOB) ENGINE=InnoDB",
        "INSERT INTO large SELECT 1, REPEAT(x'00FF', 3000000)",
        "CREATE TABLE small (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO small SELECT n, REPEAT('v', 200) FROM " + Numbers.below(9000));
    BackupReport backup;
    try (GlobalSettings narrow = GlobalSettings.on(server).with("max_allowed_packet", MB)) {
      backup = backup();
      assertThatThrownBy(() -> restore(backup))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(schema.name() + ".wide")
          .hasMessageContaining("max_allowed_packet")
          .hasMessageContaining("Set max_allowed_packet there to " + 2 * MB + " or more");
      assertNothingIsThere();
      repository.restore(server, backup, only("large", "small"));
      copy.execute("DROP TABLE large, small");
      narrow.with("local_infile", "0");
      assertThatThrownBy(() -> repository.restore(server, backup, only("large")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(schema.name() + ".large")
          .hasMessageContaining("local_infile");
      assertNothingIsThere();
      repository.restore(server, backup, only("small"));
      copy.execute("DROP TABLE small");
      narrow.with("max_allowed_packet", 32 * MB);
      repository.restore(server, backup, only("large"));
      copy.execute("DROP TABLE large");
      narrow.with("local_infile", "1");
      narrow.with("max_allowed_packet", 2 * MB);
      restore(backup);
    }
    assertTheCopyIsEqual();
  }

  private RestoreOptions only(String... tables) {
    List<String> includes = new ArrayList<>();
    for (String table : tables) {
      includes.add(schema.name() + "." + table);
    }
    return new RestoreOptions(
        new TableSelection(includes, List.of()),
        Map.of(schema.name(), copy.name()),
        RestoreMode.CREATE,
        2);
  }

  private void assertNothingIsThere() {
    assertThat(server.rows("SHOW TABLES FROM " + copy.name())).isEmpty();
  }

  @Test
  void aDocumentLongerThanMaxAllowedPacketIsNeitherReadAsNothingNorLoaded() {
    assumeTrue(!server.isMariaDb(), "MariaDB's JSON is a LONGTEXT, which LOAD DATA takes");
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, doc JSON)",
        "INSERT INTO t VALUES (1, JSON_OBJECT('a', REPEAT('x', 3000000)))");
    BackupReport backup = backup();
    try (GlobalSettings narrow = GlobalSettings.on(server).with("max_allowed_packet", MB)) {
      assertThatThrownBy(this::backup)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(schema.name() + ".t")
          .hasMessageContaining("a document in column doc is longer")
          .hasMessageContaining("max_allowed_packet");
      assertThatThrownBy(() -> restore(backup))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Set max_allowed_packet there to " + 3 * MB);
      assertNothingIsThere();
      narrow.with("max_allowed_packet", 4 * MB);
      restore(backup);
    }
    assertTheCopyIsEqual();
  }

  @Test
  void aTargetThatTakesNoTableWithoutAPrimaryKeyIsAskedNotToOrRefusedFirst() {
    schema.execute(
        "CREATE TABLE keyed (id INT PRIMARY KEY, v INT, KEY (v)) ENGINE=InnoDB",
        "CREATE TABLE keyless (v INT) ENGINE=InnoDB",
        "CREATE TABLE nearly (v INT NOT NULL, UNIQUE KEY (v)) ENGINE=InnoDB",
        "INSERT INTO keyed VALUES (1, 1)",
        "INSERT INTO keyless VALUES (1), (1)",
        "INSERT INTO nearly VALUES (1)");
    BackupReport backup = backup();
    String setting = server.isMariaDb() ? "innodb_force_primary_key" : "sql_require_primary_key";
    try (TestUser user = server.freshUser("ALL ON " + copy.name() + ".*", session());
        GlobalSettings strict = GlobalSettings.on(server).with(setting, "1")) {
      if (server.isMariaDb()) { // where no session can ask for another rule
        assertThatThrownBy(() -> repository.restore(as(user), backup, only("key*", "nearly")))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining(schema.name() + ".keyless")
            .hasMessageContaining("no primary key")
            .hasMessageContaining(setting);
        assertNothingIsThere();
        repository.restore(as(user), backup, only("keyed"));
        copy.execute("DROP TABLE keyed");
        strict.with(setting, "0");
      }
      repository.restore(as(user), backup, renamed());
    }
    assertTheCopyIsEqual();
  }

  /** What setting up a restoring session takes: MySQL lets only some do it. */
  private String session() {
    return server.isMariaDb() ? "USAGE ON *.*" : "SESSION_VARIABLES_ADMIN ON *.*";
  }

  @Test
  void tablesThatInnodbsStrictModeRefusesComeBack() {
    schema.execute(
        "SET SESSION innodb_strict_mode=0",
        "CREATE TABLE odd (id INT PRIMARY KEY) ENGINE=InnoDB ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=8",
        "INSERT INTO odd VALUES (1)");
    BackupReport backup = backup();
    try (GlobalSettings strict = GlobalSettings.on(server).with("innodb_strict_mode", "1")) {
      restore(backup);
    }
    assertTheCopyIsEqual();
  }

  @Test
  void aReadOnlyServerIsBackedUpByAUserWithoutSuper() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(64)) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, SHA2(n, 256) FROM " + Numbers.below(3000),
        "CREATE VIEW few AS SELECT id FROM t WHERE id < 3",
        "CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1");
    String all = "SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON " + schema.name() + ".*";
    String routines =
        server.isMariaDb() ? "SELECT ON mysql.proc" : "SHOW_ROUTINE, PROCESS, BACKUP_ADMIN ON *.*";
    BackupReport backup;
    String write = "CREATE, DROP, INSERT ON " + copy.name() + ".*";
    try (TestUser user = server.freshUser(all, routines, write, session())) {
      try (GlobalSettings readOnly =
          GlobalSettings.on(server)
              .with(server.isMariaDb() ? "read_only" : "super_read_only", "1")) {
        backup = repository.backup(as(user), TestRepository.of(schema.name()));
        assertThatThrownBy(() -> repository.restore(as(user), backup, renamed()))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("read-only");
      } finally {
        server.execute("SET GLOBAL read_only = 0"); // which super_read_only turns on
      }
    }
    restore(backup);
    assertTheCopyIsEqual();
  }

  @Test
  void aServerThatInsistsOnTlsSaysSoToWhomComesWithout() {
    assumeTrue(!server.isMariaDb(), "the MariaDB servers of the tests have no certificates");
    schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    try (GlobalSettings secure = GlobalSettings.on(server).with("require_secure_transport", "1")) {
      String store = repository.store().location();
      CommandLineRun without =
          CommandLineRun.withLogin(
              server,
              "backup",
              "--store",
              store,
              "--source",
              server.uri(),
              "--tls-mode",
              "disabled");
      assertThat(without.exitCode()).isEqualTo(3);
      assertThat(without.err()).contains("encrypted connections only", "required or above");
      restore(backup());
    }
    assertTheCopyIsEqual();
  }

  @Test
  void whereFunctionsAreNotTrustedTheErrorSaysWhatToSetAndTheRestoreGoesOn() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "INSERT INTO t VALUES (1)",
        "CREATE TRIGGER counting BEFORE INSERT ON t FOR EACH ROW SET @x = 1");
    String trusting = "log_bin_trust_function_creators";
    BackupReport backup = backup();
    try (TestUser user = server.freshUser("ALL ON " + copy.name() + ".*", session());
        GlobalSettings settings = GlobalSettings.on(server).with(trusting, "0")) {
      assertThatThrownBy(() -> repository.restore(as(user), backup, renamed()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("trigger " + copy.name() + ".counting")
          .hasMessageContaining("SET GLOBAL " + trusting + " = 1;");
      settings.with(trusting, "1");
      repository.restore(as(user), backup, renamed());
    }
    assertThat(server.rows("SHOW TRIGGERS FROM " + copy.name())).hasSize(1);
    assertThat(server.value("SELECT COUNT(*) FROM " + copy.name() + ".t")).isEqualTo("1");
  }

  @Test
  void theServersTimeZoneMovesNoTimeAndNoEvent() {
    String during = "2031-07-01 02:30:00";
    BackupReport backup;
    try (GlobalSettings india = GlobalSettings.on(server).with("time_zone", "+05:30")) {
      schema.execute(
          "CREATE TABLE t (id INT PRIMARY KEY, at TIMESTAMP NOT NULL DEFAULT '"
              + during
              + "', d DATETIME DEFAULT '"
              + during
              + "') ENGINE=InnoDB",
          "INSERT INTO t (id) VALUES (1)",
          "INSERT INTO t VALUES (2, '1970-01-01 05:30:01', '1000-01-01 00:00:00')",
          "SET SESSION time_zone='-08:00'",
          "CREATE EVENT at_one ON SCHEDULE EVERY 1 DAY STARTS '" + during + "' DISABLE DO SET @x=1",
          "SET SESSION time_zone='SYSTEM'",
          "CREATE EVENT by_system ON SCHEDULE AT '" + during + "' DISABLE DO SET @x=1");
      backup = backup();
    }
    try (GlobalSettings america = GlobalSettings.on(server).with("time_zone", "-03:00")) {
      restore(backup);
      copy.execute("INSERT INTO t (id) VALUES (3)");
      schema.execute("INSERT INTO t (id) VALUES (3)");
      assertTheCopyIsEqual();
    }
    assertThat(events(copy)).isEqualTo(events(schema)).hasSize(2);
    assertTheCopyIsEqual();
  }

  private List<List<String>> events(TestSchema of) {
    return server.rows(
        "SELECT EVENT_NAME, TIME_ZONE, EXECUTE_AT, STARTS, STATUS FROM information_schema.EVENTS"
            + " WHERE EVENT_SCHEMA='"
            + of.name()
            + "' ORDER BY 1");
  }

  /** Its own pace, by a clock of no session of Varve's. */
  private WrappedStore slow(int parts) {
    AtomicInteger count = new AtomicInteger();
    return new WrappedStore(
        Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
        key -> {
          if (key.contains("/parts/") && count.incrementAndGet() <= parts) {
            server.rows("SELECT SLEEP(2)");
          }
        });
  }

  @Test
  void aSlowStoreOutlastsTheServersShortTimeouts() {
    schema.execute(
        "CREATE TABLE a_keyed (id INT PRIMARY KEY, v CHAR(80) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO a_keyed SELECT n, SHA2(n, 256) FROM " + Numbers.below(1000),
        // its rows come in one answer, which waits while parts are put
        "CREATE TABLE keyless (v LONGTEXT NOT NULL) ENGINE=InnoDB CHARSET=latin1",
        "INSERT INTO keyless SELECT REPEAT(SHA2(n, 256), 8000) FROM " + Numbers.below(60),
        "CREATE PROCEDURE late() SELECT 1");
    GlobalSettings impatient = GlobalSettings.on(server);
    for (String timeout : timeouts()) {
      impatient.with(timeout, 1);
    }
    BackupOptions inOneRow =
        new BackupOptions(
            new TableSelection(List.of(schema.name()), List.of()), 1, MB, 1, Optional.empty());
    try (impatient;
        TestRepository putting = TestRepository.over(slow(2));
        TestRepository getting = TestRepository.over(slow(1))) {
      BackupReport backup = putting.backup(server, inOneRow);
      getting.restore(server, backup, renamed());
    }
    assertTheCopyIsEqual();
  }

  private List<String> timeouts() {
    List<String> names =
        new ArrayList<>(
            List.of(
                "wait_timeout",
                "interactive_timeout",
                "net_write_timeout",
                "net_read_timeout",
                "lock_wait_timeout"));
    names.addAll(
        server.isMariaDb()
            ? List.of(
                "idle_transaction_timeout",
                "idle_readonly_transaction_timeout",
                "idle_write_transaction_timeout")
            : List.of());
    return names;
  }

  /** As a firewall ends it that forgets what is idle. */
  @Test
  void aRestoreOutlivesTheLossOfItsIdleConnection() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO t VALUES (1, 1)",
        "CREATE VIEW late AS SELECT v FROM t");
    BackupReport backup = backup();
    try (TestUser user =
        server.freshUser(
            "ALL ON " + copy.name() + ".*",
            session(),
            server.isMariaDb() ? "SET USER ON *.*" : "SET_ANY_DEFINER ON *.*")) {
      repository.restore(as(user), backup.id(), renamed(), whenIndexing(() -> killIdle(user)));
      assertThat(server.value("SELECT v FROM " + copy.name() + ".late")).isEqualTo("1");
      assertThat(server.rows("SHOW TABLES FROM " + copy.name())).hasSize(2);
    }
  }

  private void killIdle(TestUser user) {
    List<List<String>> idle =
        server.rows(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE USER='" + user.name() + "'");
    assertThat(idle).hasSize(1);
    server.execute("KILL " + idle.getFirst().getFirst());
  }

  private static Progress whenIndexing(Runnable action) {
    return new Progress() {
      @Override
      public void begin(String phase, long expectedBytes) {
        if (phase.equals("indexing")) {
          action.run();
        }
      }

      @Override
      public void advance(long rows, long bytes) {}

      @Override
      public void warn(String text) {}
    };
  }
}
