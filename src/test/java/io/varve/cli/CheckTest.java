package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.testing.CommandLineRun;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check says what a backup and a restore would meet, and does nothing. */
class CheckTest {

  private static final int CHANGE_FIRST = 3;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final String trust = server.value("SELECT @@GLOBAL.log_bin_trust_function_creators");
  private final Path folder;

  CheckTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void makeTables() {
    schema.execute(
        "CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=InnoDB",
        "CREATE TABLE keyless (a INT) ENGINE=InnoDB",
        "CREATE TABLE plain (id INT PRIMARY KEY) ENGINE=MyISAM",
        "CREATE VIEW seen AS SELECT id FROM kept",
        "CREATE PROCEDURE work() SELECT 1");
  }

  @AfterEach
  void close() {
    schema.close();
    server.execute("SET GLOBAL log_bin_trust_function_creators = " + trust);
  }

  private CommandLineRun check(TestServer as, String... args) {
    List<String> all = new ArrayList<>(List.of("check", "--include", schema.name()));
    all.addAll(List.of(args));
    return CommandLineRun.withLogin(as, all.toArray(String[]::new));
  }

  private static CheckCommand.Result json(CommandLineRun run) throws IOException {
    assertThat(run.out()).hasLineCount(1);
    return new ObjectMapper().readValue(run.out(), CheckCommand.Result.class);
  }

  private TestServer as(TestUser user) {
    return new TestServer(server.host(), server.port(), user.name(), user.password());
  }

  @Test
  void whatFitsIsSaidToFitAndNothingIsDone() {
    server.execute("SET GLOBAL log_bin_trust_function_creators = 1");
    List<List<String>> before = changes();
    CommandLineRun run =
        check(
            server,
            "--source",
            server.uri(),
            "--target",
            server.uri(),
            "--store",
            folder.toUri().toString());
    assertThat(run.exitCode()).as(run.text()).isZero();
    assertThat(run.out())
        .contains("Source " + server.host(), "Target " + server.host(), "Store file:///")
        .contains(server.isMariaDb() ? "binlog-status, tried out" : "gtid, tried out")
        .contains("3 in 1 schema", "1 procedure, 1 view")
        .contains(
            "so it is read at another moment than the others: " + schema.name() + ".plain (MyISAM)")
        .contains("reads it as one range: " + schema.name() + ".keyless")
        .contains("none yet: the first backup makes it", "tried out below probe/")
        .doesNotContain("✗", "GRANT");
    assertThat(changes()).isEqualTo(before);
    assertThat(folder.toFile().list()).allMatch(name -> name.startsWith(".varve-"));
  }

  /** How often the server was told to change or lock something. */
  private List<List<String>> changes() {
    return server.rows(
        "SHOW GLOBAL STATUS WHERE Variable_name REGEXP '^Com_(create|drop|alter|insert|update|delete"
            + "|replace|truncate|load|lock_tables|grant|revoke|flush|set_password).*'");
  }

  @Test
  void theStatementsThatACheckOfASourcePrintsMakeItPass() throws IOException {
    try (TestUser user = server.freshUser("SELECT ON " + schema.name() + ".*")) {
      CommandLineRun poor = check(as(user), "--source", as(user).uri(), "--json");
      assertThat(poor.exitCode()).isEqualTo(CHANGE_FIRST);
      CheckCommand.Checked source = json(poor).checks().getFirst();
      assertThat(source.fit()).isFalse();
      assertThat(source.findings())
          .anyMatch(
              found -> found.verdict().equals("missing") && found.text().contains("SHOW VIEW"))
          .anyMatch(found -> found.text().startsWith("single: one connection"));
      server.execute(source.statements().toArray(String[]::new));
      CommandLineRun rich = check(as(user), "--source", as(user).uri(), "--json");
      assertThat(rich.exitCode()).as(rich.text()).isZero();
      assertThat(json(rich).checks().getFirst().statements()).isEmpty();
      assertThat(rich.out()).contains("tried out: ", "all that a backup needs");
    }
  }

  @Test
  void theStatementsThatACheckOfATargetPrintsMakeItPass() throws IOException {
    server.execute("SET GLOBAL log_bin_trust_function_creators = 0");
    try (TestUser user = server.freshUser("CREATE ON " + schema.name() + ".*")) {
      CommandLineRun poor = check(as(user), "--target", as(user).uri(), "--json");
      assertThat(poor.exitCode()).isEqualTo(CHANGE_FIRST);
      CheckCommand.Checked target = json(poor).checks().getFirst();
      assertThat(target.statements()).contains("SET GLOBAL log_bin_trust_function_creators = 1;");
      server.execute(target.statements().toArray(String[]::new));
      CommandLineRun rich = check(as(user), "--target", as(user).uri(), "--json");
      assertThat(rich.exitCode()).as(rich.text()).isZero();
      assertThat(json(rich).checks().getFirst().statements()).isEmpty();
    }
  }

  @Test
  void whereTheLogMayNotBeSeenItSaysThatTablesWouldBeLockedAndLocksNone() {
    try (TestUser user =
        server.freshUser("SELECT, SHOW VIEW, LOCK TABLES ON " + schema.name() + ".*")) {
      List<List<String>> before = changes();
      CommandLineRun run = check(as(user), "--source", as(user).uri(), "--parallel", "3");
      assertThat(run.out())
          .contains("✓ snapshot   lock-tables, not tried out", "3 connections")
          .contains("! snapshot   " + (server.isMariaDb() ? "binlog-status" : "gtid") + ": ");
      assertThat(changes()).isEqualTo(before);
    }
  }

  @Test
  void aTableThatCannotBeReadIsNamed() {
    try (TestUser user =
        server.freshUser(
            "SHOW VIEW, TRIGGER, EVENT ON " + schema.name() + ".*",
            "SELECT ON " + schema.name() + ".kept",
            "SELECT ON " + schema.name() + ".seen")) {
      CommandLineRun run = check(as(user), "--source", as(user).uri());
      assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
      assertThat(run.out())
          .containsPattern("✗ tables .*" + schema.name() + ".*(keyless|plain)")
          .contains("GRANT SELECT")
          .contains("ON `" + schema.name() + "`.* TO '" + user.name() + "'@'%';");
    }
  }

  @Test
  void aTargetThatIsReadOnlyIsRefused() {
    server.execute("SET GLOBAL read_only = 1");
    try {
      CommandLineRun run = check(server, "--target", server.uri());
      assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
      assertThat(run.out()).contains("✗ writes     read_only is on");
    } finally {
      server.execute("SET GLOBAL read_only = 0");
    }
  }

  @Test
  void aRepositoryIsDescribed() {
    try (TestRepository repository = TestRepository.in(folder)) {
      repository.backup(server, TestRepository.of(schema.name()));
    }
    CommandLineRun run = CommandLineRun.of("check", "--store", folder.toUri().toString());
    assertThat(run.exitCode()).as(run.text()).isZero();
    assertThat(run.out())
        .contains("repository format 1, made 20")
        .contains("sources    " + TestRepository.SOURCE);
  }

  @Test
  void aRestoreFromWhereNothingIsStoredIsRefused() {
    CommandLineRun run =
        check(server, "--target", server.uri(), "--store", folder.toUri().toString());
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.out()).contains("✗ repository there is none");
  }

  @Test
  void aStoreThatIsNotThereIsNamed() {
    EmbeddedS3 s3 = EmbeddedS3.shared();
    System.setProperty("aws.accessKeyId", s3.credentials().accessKey());
    System.setProperty("aws.secretAccessKey", s3.credentials().secretKey());
    try {
      CommandLineRun run =
          CommandLineRun.of(
              "check",
              "--store",
              "s3://no-such-bucket-here/prefix",
              "--s3-endpoint",
              s3.endpoint().toString());
      assertThat(run.exitCode()).as(run.text()).isEqualTo(CHANGE_FIRST);
      assertThat(run.out()).contains("✗ repository", "no-such-bucket-here");
    } finally {
      System.clearProperty("aws.accessKeyId");
      System.clearProperty("aws.secretAccessKey");
    }
  }

  @Test
  void aServerThatIsAwayIsToldFromOneThatLacksSomething() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    CommandLineRun run = check(server, "--source", "mysql://root@127.0.0.1:" + port);
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.out()).contains("✗ server", "nothing listens there");
  }

  @Test
  void noPasswordIsPrinted() {
    try (TestUser user = server.freshUser()) {
      TestServer wrong = new TestServer(server.host(), server.port(), user.name(), "wr0ng-s3cret");
      CommandLineRun run = check(wrong, "--source", wrong.uri(), "--target", wrong.uri());
      assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
      assertThat(run.out()).contains("Access denied").doesNotContain("wr0ng-s3cret");
      CommandLineRun right = check(as(user), "--source", as(user).uri(), "--target", server.uri());
      assertThat(right.text()).doesNotContain(user.password());
    }
  }

  @Test
  void nothingToCheckIsWrongUsage() {
    assertThat(CommandLineRun.of("check").exitCode()).isEqualTo(2);
  }

  @Test
  void anInvisibleKeyThatTheUserCannotSwitchOffIsNoted() {
    assumeThat(server.isMariaDb()).isFalse();
    server.execute("SET GLOBAL sql_generate_invisible_primary_key = 1");
    try (TestUser user = server.freshUser("CREATE ON " + schema.name() + ".*")) {
      assertThat(check(as(user), "--target", as(user).uri()).out())
          .contains("! keys       sql_generate_invisible_primary_key is on");
      assertThat(check(server, "--target", server.uri()).out())
          .doesNotContain("sql_generate_invisible_primary_key");
    } finally {
      server.execute("SET GLOBAL sql_generate_invisible_primary_key = 0");
    }
  }
}
