package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.varve.backup.BackupReport;
import io.varve.mysql.Account;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.repository.Manifest;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.testing.CommandLineRun;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles come back when they are asked for, both times, with what they may do. */
class AccountsTest {

  private static final String USER = "`varve app`@`%`";
  private static final String PASSWORD = "old pass'word";

  /** A password's hash in a CREATE USER: hexadecimal digits, or the first of its characters. */
  private static final Pattern HASH =
      Pattern.compile("IDENTIFIED .*?(0x[0-9A-F]{40,}|[0-9A-F]{40}|[$]A[$]00.{60})");

  private final TestServer server = TestServer.shared();
  private final boolean mariaDb = server.isMariaDb();
  private final String role = mariaDb ? "`varve role`" : "`varve role`@`%`";

  @TempDir Path folder;
  private TestSchema schema;
  private TestSchema copy;
  private TestRepository repository;

  @BeforeEach
  void makeAccounts() {
    dropAccounts();
    schema = server.freshSchema();
    copy = server.freshSchema();
    repository = TestRepository.in(folder);
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT)",
        "INSERT INTO t VALUES (1, 2)",
        "CREATE PROCEDURE p () SQL SECURITY INVOKER SELECT 1",
        "CREATE ROLE " + role,
        "CREATE USER " + USER + " IDENTIFIED BY 'old pass''word' WITH MAX_USER_CONNECTIONS 9",
        "CREATE USER rdsadmin@localhost IDENTIFIED BY 'x'",
        "GRANT SELECT ON t TO " + role,
        "GRANT INSERT, UPDATE (v) ON t TO " + USER,
        "GRANT DELETE ON `"
            + schema.name().replace("_", "\\_")
            + "`.* TO "
            + USER
            + " WITH GRANT OPTION",
        "GRANT EXECUTE ON PROCEDURE p TO " + USER,
        "GRANT PROCESS ON *.* TO " + USER,
        "GRANT " + role + " TO " + USER,
        "SET DEFAULT ROLE " + role + (mariaDb ? " FOR " : " TO ") + USER,
        "CREATE DEFINER=" + USER + " VIEW seen AS SELECT id FROM t");
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
    dropAccounts();
  }

  private void dropAccounts() {
    server.execute(
        "DROP USER IF EXISTS " + USER,
        "DROP USER IF EXISTS rdsadmin@localhost",
        "DROP ROLE IF EXISTS " + role);
  }

  private BackupReport backup() {
    return repository.backup(server, TestRepository.of(schema.name()).withAccounts());
  }

  private RestoreReport restore(BackupReport backup, boolean accounts) {
    return repository.restore(
        server,
        backup,
        new RestoreOptions(
            TableSelection.ALL,
            Map.of(schema.name(), copy.name()),
            RestoreMode.CREATE,
            2,
            Map.of(),
            ObjectOptions.AS_THEY_WERE,
            accounts,
            false,
            false));
  }

  /** What the server says of them, sorted, with the schema's name left out. */
  private List<String> shown(String schemaName) {
    List<String> shown = new ArrayList<>();
    server.rows("SHOW CREATE USER " + USER).forEach(row -> shown.add(row.toString()));
    for (String name : List.of(USER, role)) {
      server.rows("SHOW GRANTS FOR " + name).forEach(row -> shown.add(row.toString()));
    }
    shown.replaceAll(
        line ->
            line.replace(schemaName.replace("_", "\\_"), "SCHEMA").replace(schemaName, "SCHEMA"));
    shown.sort(null);
    return shown;
  }

  @Test
  void accountsComeBackWithTheirPasswordsAndGrants() throws SQLException {
    if (!mariaDb) {
      server.execute("SET GLOBAL print_identified_with_as_hex=1");
    }
    List<String> original = shown(schema.name());
    BackupReport backup = backup();
    dropAccounts();
    RestoreReport restored = restore(backup, true);
    assertThat(restored.notes()).noneMatch(note -> note.contains("varve "));
    assertThat(shown(copy.name())).isEqualTo(original);
    assertThat(
            server.value(
                "SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA='"
                    + copy.name()
                    + "'"))
        .isEqualTo("varve app@%");
    try (Connection app = server.connectAs("varve app", PASSWORD);
        Statement statement = app.createStatement();
        // what only the default role may
        ResultSet rows = statement.executeQuery("SELECT v FROM " + copy.name() + ".t")) {
      assertThat(rows.next()).isTrue();
    }
  }

  @Test
  void anAccountThatStandsIsLeftAsItIs() {
    BackupReport backup = backup();
    dropAccounts();
    server.execute("CREATE ROLE " + role, "CREATE USER " + USER + " IDENTIFIED BY 'new'");
    RestoreReport restored = restore(backup, true);
    assertThat(restored.notes())
        .anySatisfy(note -> assertThat(note).contains("left as they are", USER));
    assertThat(server.rows("SHOW GRANTS FOR " + USER)).hasSize(1);
  }

  @Test
  void accountsAreLeftOutUnlessAskedForBothTimes() {
    BackupReport with = backup();
    BackupReport without = repository.backup(server, TestRepository.of(schema.name()));
    assertThat(repository.manifest(without).accounts()).isNull();
    assertThatThrownBy(() -> restore(without, true))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("--accounts");
    dropAccounts();
    restore(with, false);
    assertThat(server.rows("SELECT User FROM mysql.user WHERE User LIKE 'varve %'")).isEmpty();
  }

  @Test
  void thoseOfTheServerOrTheCloudAreNotBackedUp() {
    Manifest manifest = repository.manifest(backup());
    assertThat(Objects.requireNonNull(manifest.accounts()).stream().map(Account::name))
        .contains(USER, role)
        .noneMatch(name -> name.matches("`(rdsadmin|mysql\\..*|mariadb\\.sys)`.*"));
  }

  /** RDS keeps its own tables in the server's schema. */
  @Test
  void tablesOfTheServerOrTheCloudAreNotBackedUp() {
    server.execute(
        "CREATE TABLE IF NOT EXISTS mysql.rds_heartbeat2 (id INT PRIMARY KEY, value BIGINT)");
    try {
      BackupReport backup =
          repository.backup(server, TestRepository.of(schema.name(), "mysql", "sys"));
      assertThat(repository.manifest(backup).tables())
          .extracting(table -> table.definition().name().toString())
          .containsExactly(schema.name() + ".t");
    } finally {
      server.execute("DROP TABLE mysql.rds_heartbeat2");
    }
  }

  @Test
  void noHashIsPrinted() {
    BackupReport backup = backup();
    String store = folder.toUri().toString();
    String create =
        Objects.requireNonNull(repository.manifest(backup).accounts()).stream()
            .filter(account -> account.name().equals(USER))
            .findFirst()
            .orElseThrow()
            .create();
    Matcher hash = HASH.matcher(create);
    assertThat(hash.find()).as(create).isTrue();
    for (String form : List.of("--json", "--quiet")) {
      CommandLineRun show =
          CommandLineRun.of("show", "--store", store, backup.id().value(), form, "--show-keys");
      assertThat(show.exitCode()).as(show.text()).isZero();
      assertThat(show.text()).contains("varve app").doesNotContain(hash.group(1));
    }
  }

  /** MySQL prints a hash as a string when every byte of its random salt happens to be printable. */
  @Test
  void aHashWithQuotesComesBack() {
    assumeFalse(mariaDb, "MariaDB prints every hash as hexadecimal digits");
    server.execute(
        "DROP USER " + USER,
        "CREATE USER "
            + USER
            + " IDENTIFIED WITH caching_sha2_password AS '$A$005$abc\\'d\\\\e\"fghijklmnop"
            + "7".repeat(44)
            + "'");
    String hash = "SELECT HEX(authentication_string) FROM mysql.user WHERE User='varve app'";
    String original = server.value(hash);
    BackupReport backup = backup();
    dropAccounts();
    restore(backup, true);
    assertThat(server.value(hash)).isEqualTo(original);
  }
}
