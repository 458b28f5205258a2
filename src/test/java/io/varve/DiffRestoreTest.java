package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupBase;
import io.varve.backup.BackupReport;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.restore.DiffReport;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that replaces what differs, and leaves alone what does not. */
class DiffRestoreTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final Path folder;
  private final TestRepository repository;
  private final BackupReport backup;

  @SuppressWarnings("NullAway") // JUnit gives it
  DiffRestoreTest(@TempDir Path folder) {
    this.folder = folder;
    String padding = "REPEAT(LEFT(SHA2(n, 256), 32), 4)";
    schema.execute(
        "CREATE TABLE parents (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO parents SELECT n, " + padding + " FROM " + Numbers.below(2_000),
        "CREATE TABLE children (id INT AUTO_INCREMENT PRIMARY KEY, parent INT, code VARCHAR(60),"
            + " UNIQUE KEY code (code), FOREIGN KEY (parent) REFERENCES parents (id)"
            + " ON DELETE CASCADE) ENGINE=InnoDB",
        "INSERT INTO children SELECT n + 1, n, SHA2(n, 224) FROM " + Numbers.below(2_000),
        "CREATE TABLE keyless (v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO keyless SELECT " + padding + " FROM " + Numbers.below(300),
        "CREATE TABLE isam (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=MyISAM",
        "INSERT INTO isam SELECT n, " + padding + " FROM " + Numbers.below(300),
        "CREATE TABLE blank (id INT PRIMARY KEY) ENGINE=InnoDB",
        "CREATE VIEW some AS SELECT id FROM parents WHERE id < 10");
    server.rows("ANALYZE TABLE " + schema.name() + ".parents, " + schema.name() + ".children");
    repository = TestRepository.in(folder);
    backup = repository.backup(server, TestRepository.of(schema.name()));
    repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
  }

  private RestoreOptions options(boolean overwriteLive, boolean dropOthers) {
    return new RestoreOptions(
        TableSelection.ALL,
        Map.of(schema.name(), copy.name()),
        RestoreMode.DIFF,
        4,
        Map.of(),
        ObjectOptions.AS_THEY_WERE,
        false,
        overwriteLive,
        dropOthers);
  }

  private RestoreReport restore(BackupId id) {
    return repository.restore(server, id, options(false, false));
  }

  private DiffReport diff() {
    try (Target target = Target.connect(TestRepository.settings(server), Target.BinaryLog.ON)) {
      Restore restore =
          new Restore(
              repository.source(),
              target,
              options(false, false),
              Progress.SILENT,
              Clock.systemUTC());
      return restore.diff(restore.plan(backup.id()));
    }
  }

  private void assertIsTheCopy() {
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  @Test
  void whatIsTheSameIsNotTouched() {
    assertThat(diff().same()).isTrue();
    RestoreReport report = restore(backup.id());
    RestoreReport.Touched touched = Objects.requireNonNull(report.touched());
    assertThat(touched.rangesReplaced()).isZero();
    assertThat(touched.tablesMade()).isZero();
    assertThat(touched.rangesCompared()).isGreaterThan(20);
    assertThat(report.bytes()).isZero();
    assertIsTheCopy();
  }

  @Test
  void rowsThatDifferComeBackAndOthersGoAway() {
    copy.execute(
        "SET SESSION foreign_key_checks = 0",
        "UPDATE parents SET v = 'changed' WHERE id = 700",
        "DELETE FROM parents WHERE id BETWEEN 100 AND 120",
        "INSERT INTO parents VALUES (99999, 'not in the backup'), (-5, 'nor this')",
        "DELETE FROM keyless LIMIT 3",
        "DELETE FROM isam WHERE id < 10",
        "INSERT INTO blank VALUES (1)");
    DiffReport diff = diff();
    assertThat(diff.same()).isFalse();
    assertThat(diff.tables())
        .filteredOn(table -> table.state().equals("different"))
        .extracting(DiffReport.Table::table)
        .containsExactly(
            copy.name() + ".blank",
            copy.name() + ".isam",
            copy.name() + ".keyless",
            copy.name() + ".parents");
    RestoreReport.Touched touched = Objects.requireNonNull(restore(backup.id()).touched());
    assertThat(touched.rangesReplaced()).isBetween(6, 9);
    assertIsTheCopy();
    assertThat(diff().same()).isTrue();
  }

  /** Values of a unique key that have changed places between two ranges. */
  @Test
  void uniqueValuesThatMovedComeBack() {
    copy.execute(
        "UPDATE children SET code = 'x' WHERE id = 5",
        "UPDATE children SET code = SHA2(4, 224) WHERE id = 1990",
        "UPDATE children SET code = SHA2(1989, 224) WHERE id = 5");
    restore(backup.id());
    assertIsTheCopy();
  }

  @Test
  void tablesThatAreMissingOrDefinedOtherwiseAreMadeAnew() {
    copy.execute(
        "DROP TABLE children",
        "ALTER TABLE parents ADD COLUMN extra INT",
        "CREATE TABLE stranger (id INT PRIMARY KEY)");
    DiffReport diff = diff();
    assertThat(diff.additional()).containsExactly(copy.name() + ".stranger");
    assertThat(diff.tables()).extracting(DiffReport.Table::state).contains("missing", "otherwise");
    RestoreReport.Touched touched = Objects.requireNonNull(restore(backup.id()).touched());
    assertThat(touched.tablesMade()).isEqualTo(2);
    copy.execute("DROP TABLE stranger");
    assertIsTheCopy();
  }

  @Test
  void tablesWithTriggersAreReplacedOnlyWhenToldSo() {
    copy.execute(
        "CREATE TRIGGER counting AFTER INSERT ON parents FOR EACH ROW INSERT INTO keyless VALUES"
            + " ('by the trigger')",
        "DELETE FROM parents WHERE id = 1999");
    assertThatThrownBy(() -> restore(backup.id()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(copy.name() + ".parents")
        .hasMessageContaining("--overwrite-live");
    repository.restore(server, backup.id(), options(true, false));
    assertIsTheCopy();
  }

  @Test
  void oneThatWasCutOffIsRunAgain() {
    copy.execute(
        "SET SESSION foreign_key_checks = 0",
        "UPDATE parents SET v = 'changed' WHERE id % 40 = 0",
        "UPDATE children SET parent = 7 WHERE id % 40 = 0");
    cutOff(options(false, false));
    restore(backup.id());
    assertIsTheCopy();
  }

  /** The source has gone on meanwhile, so that the same command means another backup. */
  @Test
  void aStandbyWhoseRestoreWasCutOffFollowsOn() {
    copy.execute("DROP TABLE children", "UPDATE parents SET v = 'changed' WHERE id % 40 = 0");
    cutOff(options(true, true));
    schema.execute(
        "UPDATE children SET code = CONCAT('new ', id) WHERE id < 500",
        "DELETE FROM parents WHERE id = 1999");
    BackupReport next =
        repository.backup(server, TestRepository.of(schema.name()).on(BackupBase.LATEST));
    repository.restore(server, next.id(), options(true, true));
    assertIsTheCopy();
  }

  @Test
  void aRestoreFromNothingThatWasCutOffIsNotTakenOver() {
    copy.execute("DROP TABLE children, parents, keyless, isam, blank", "DROP VIEW some");
    cutOff(TestRepository.renaming(schema.name(), copy.name()));
    BackupReport next = repository.backup(server, TestRepository.of(schema.name()));
    assertThatThrownBy(() -> restore(next.id()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("was not finished: backup=" + backup.id());
    repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
    assertIsTheCopy();
  }

  /** Begins a restore, which the store leaves alone after some parts. */
  private void cutOff(RestoreOptions options) {
    AtomicInteger left = new AtomicInteger(10);
    WrappedStore dying =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {
              if (key.contains("/parts/") && left.decrementAndGet() < 0) {
                throw new RetryLaterException("read", key, "the test says so", "Try again.");
              }
            });
    try (TestRepository failing = TestRepository.over(dying)) {
      assertThatThrownBy(() -> failing.restore(server, backup.id(), options))
          .isInstanceOf(RetryLaterException.class);
    }
  }

  /** The server ends a deadlock at the cost of whoever has changed less: of the restore. */
  @Test
  void aDeadlockWithAnothersWorkIsNoEnd() throws Exception {
    copy.execute(
        "UPDATE parents SET v = 'changed' WHERE id = 600",
        "CREATE TABLE others_work (id INT PRIMARY KEY) ENGINE=InnoDB");
    try (Connection other = copy.connect();
        Statement statement = other.createStatement();
        ExecutorService background = Executors.newSingleThreadExecutor()) {
      other.setAutoCommit(false);
      statement.execute("INSERT INTO others_work SELECT n FROM " + Numbers.below(5_000));
      statement.execute("DELETE FROM parents WHERE id = 601");
      Future<RestoreReport> restored = background.submit(() -> restore(backup.id()));
      awaitLockWait();
      // the row before it in the range, which the restore has locked already
      statement.execute("DELETE FROM parents WHERE id = 600");
      other.rollback();
      assertThat(restored.get().rows()).isPositive();
    }
    copy.execute("DROP TABLE others_work");
    assertIsTheCopy();
  }

  private void awaitLockWait() throws InterruptedException {
    String waiting =
        "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'";
    for (int i = 0; i < 300 && server.value(waiting).equals("0"); i++) {
      Thread.sleep(200); // InnoDB keeps this table as it was while it is read more often
    }
    assertThat(server.value(waiting)).isNotEqualTo("0");
  }

  @Test
  void aStandbyFollowsItsSource() {
    for (int round = 0; round < 4; round++) {
      schema.execute(
          "UPDATE parents SET v = CONCAT('round " + round + "', id) WHERE id % 500 = " + round,
          "INSERT INTO children (parent, code) VALUES (1, 'new in round " + round + "')",
          "DELETE FROM keyless LIMIT 1");
      if (round == 2) {
        schema.execute("DROP TABLE isam", "CREATE TABLE later (id INT PRIMARY KEY, v INT)");
      }
      BackupReport next =
          repository.backup(server, TestRepository.of(schema.name()).on(BackupBase.LATEST));
      RestoreReport report = repository.restore(server, next.id(), options(true, true));
      assertThat(report.verified()).isTrue();
      assertIsTheCopy();
    }
  }
}
