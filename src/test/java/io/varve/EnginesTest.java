package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.backup.BackupReport;
import io.varve.restore.RestoreReport;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that no snapshot covers, and tables without rows of their own. */
class EnginesTest {

  private final TestServer server = TestServer.shared();

  @TempDir Path folder;
  private TestSchema schema;
  private TestSchema copy;
  private TestRepository repository;

  @BeforeEach
  void open() {
    schema = server.freshSchema();
    copy = server.freshSchema();
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

  private RestoreReport restore(BackupReport backup) {
    return repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
  }

  private boolean has(String engine) {
    return server.rows("SHOW ENGINES").stream()
        .anyMatch(row -> row.getFirst().equalsIgnoreCase(engine) && !row.get(1).equals("NO"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MyISAM", "Aria", "MEMORY", "ARCHIVE", "CSV"})
  void rowsComeBackAndTheManifestSaysThatTheyAreOfAnotherMoment(String engine) {
    boolean installed = engine.equals("ARCHIVE") && install(engine, "ha_archive");
    assumeTrue(has(engine), engine + " is not on this server");
    try {
      assertRowsComeBack(engine);
    } finally {
      uninstall(installed, "ha_archive");
    }
  }

  private void assertRowsComeBack(String engine) {
    boolean keys = !List.of("ARCHIVE", "CSV").contains(engine);
    schema.execute(
        "CREATE TABLE t (id INT NOT NULL, v VARCHAR(200) NOT NULL"
            + (keys ? ", PRIMARY KEY (id), KEY (v)" : "")
            + ") ENGINE="
            + engine,
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i <"
            + " 900) SELECT i, REPEAT(i, 40) FROM n");
    BackupReport backup = backup();
    String name = schema.name() + ".t (" + engine + ")";
    assertThat(backup.consistency().tablesOutside()).containsExactly(name);
    assertThat(backup.notes()).singleElement().asString().contains(name, "another moment");
    failAtTheThirdPart(backup);
    assertThat(restore(backup).verified()).isTrue();
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  /** No transaction takes back what such a restore has loaded. */
  private void failAtTheThirdPart(BackupReport backup) {
    AtomicInteger reads = new AtomicInteger();
    ObjectStore dying =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {
              if (key.contains("/parts/") && reads.incrementAndGet() == 3) {
                throw new RetryLaterException("read", key, "the store is away", "Try again later.");
              }
            });
    try (TestRepository failing = TestRepository.over(dying)) {
      assertThatThrownBy(
              () ->
                  failing.restore(
                      server, backup, TestRepository.renaming(schema.name(), copy.name())))
          .isInstanceOf(RetryLaterException.class);
    }
    assertThat(server.value("SELECT COUNT(*) > 0 FROM " + copy.name() + ".t")).isEqualTo("1");
  }

  /** Many parts, and a writer who changes all rows at once, again and again. */
  @Test
  void aTableWithoutSnapshotsIsReadAtOneMoment() throws SQLException {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT NOT NULL, pad VARCHAR(200) NOT NULL)"
            + " ENGINE=MyISAM",
        "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 900) SELECT i, 0, REPEAT('x', 200) FROM n");
    AtomicBoolean stop = new AtomicBoolean();
    try (Connection writing = schema.connect();
        Statement statement = writing.createStatement()) {
      statement.execute("UPDATE t SET v = v + 1");
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                try {
                  while (!stop.get()) {
                    statement.execute("UPDATE t SET v = v + 1");
                  }
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      BackupReport backup;
      try {
        backup = backup();
      } finally {
        stop.set(true);
        writer.join();
      }
      assertThat(repository.manifest(backup).tables().getFirst().parts()).hasSizeGreaterThan(5);
      restore(backup);
    }
    assertThat(server.rows("SELECT COUNT(*), COUNT(DISTINCT v) FROM " + copy.name() + ".t"))
        .containsExactly(List.of("900", "1"));
  }

  @Test
  void ofAMergeTableTheDefinitionComesBackAndItsTablesKeepTheirRows() {
    schema.execute(
        "CREATE TABLE z1 (id INT NOT NULL, KEY (id)) ENGINE=MyISAM",
        "CREATE TABLE z2 LIKE z1",
        "CREATE TABLE a (id INT NOT NULL, KEY (id)) ENGINE=MERGE UNION=(z1, z2)"
            + " INSERT_METHOD=LAST",
        "INSERT INTO z1 VALUES (1)",
        "INSERT INTO z2 VALUES (2)");
    BackupReport backup = backup();
    assertThat(backup.notes())
        .anySatisfy(note -> assertThat(note).contains(schema.name() + ".a (MRG_M", "definition"));
    assertThat(restore(backup).notes())
        .anySatisfy(note -> assertThat(note).contains(copy.name() + ".a (MRG_M", "definition"));
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
    assertThat(server.rows("SELECT id FROM " + copy.name() + ".a ORDER BY id"))
        .containsExactly(List.of("1"), List.of("2"));
  }

  @Test
  void ofABlackholeTheDefinitionComesBack() {
    boolean installed = install("BLACKHOLE", "ha_blackhole");
    assumeTrue(has("BLACKHOLE"), "BLACKHOLE is not on this server");
    try {
      schema.execute(
          "CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id), KEY (v)) ENGINE=BLACKHOLE",
          "INSERT INTO t VALUES (1, 1)");
      BackupReport backup = backup();
      assertThat(repository.manifest(backup).tables().getFirst().parts()).isEmpty();
      restore(backup);
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    } finally {
      uninstall(installed, "ha_blackhole");
    }
  }

  /** Its other server is this one; the second time it is away. */
  @Test
  void aFederatedTableIsNotReadAndItsDefinitionComesBackWhereItsServerIs() {
    boolean installed = install("FEDERATED", "ha_federatedx");
    assumeTrue(has("FEDERATED"), "FEDERATED is not on this server");
    try {
      schema.execute(
          "CREATE TABLE own (id INT PRIMARY KEY)",
          "INSERT INTO own VALUES (1)",
          "CREATE TABLE far (id INT PRIMARY KEY) ENGINE=FEDERATED CONNECTION='mysql://root@127.0.0.1:"
              + server.port()
              + "/"
              + schema.name()
              + "/own'");
      BackupReport backup = backup();
      assertThat(backup.totals().rows()).isEqualTo(1);
      restore(backup);
      assertThat(server.rows("SELECT id FROM " + copy.name() + ".far"))
          .containsExactly(List.of("1"));
      copy.execute("DROP TABLE far, own");
      schema.execute("DROP TABLE own");
      assertThat(restore(backup).notes())
          .anySatisfy(note -> assertThat(note).contains(copy.name() + ".far", "could not be made"));
      assertThat(server.rows("SHOW TABLES FROM " + copy.name())).containsExactly(List.of("own"));
    } finally {
      schema.execute("DROP TABLE IF EXISTS far");
      copy.execute("DROP TABLE IF EXISTS far");
      uninstall(installed, "ha_federatedx");
    }
  }

  private boolean install(String engine, String library) {
    if (has(engine) || !server.isMariaDb()) {
      return false;
    }
    try {
      server.execute("INSTALL SONAME '" + library + "'");
      return true;
    } catch (IllegalStateException notThere) {
      return false;
    }
  }

  private void uninstall(boolean installed, String library) {
    if (installed) {
      server.execute(
          "DROP DATABASE IF EXISTS " + schema.name(),
          "DROP DATABASE IF EXISTS " + copy.name(),
          "UNINSTALL SONAME '" + library + "'");
    }
  }

  @Test
  void anInvalidViewIsKeptWithAWarningAndComesBackOnceItCanBe() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "CREATE TABLE later (id INT PRIMARY KEY)",
        "CREATE VIEW broken AS SELECT id FROM later",
        "DROP TABLE later");
    BackupReport backup = backup();
    assertThat(backup.notes())
        .anySatisfy(note -> assertThat(note).contains(schema.name() + ".broken", "invalid"));
    assertThat(restore(backup).notes())
        .anySatisfy(note -> assertThat(note).contains("view " + copy.name() + ".broken"));
    copy.execute("DROP TABLE t", "CREATE TABLE later (id INT PRIMARY KEY)");
    restore(backup);
    assertThat(server.rows("SELECT * FROM " + copy.name() + ".broken")).isEmpty();
  }
}
