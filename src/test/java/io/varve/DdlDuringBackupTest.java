package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupReport;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * DDL under a backup, which the server mostly does not report: what is committed is the table
 * before it or after it, whole, and production never waits for the backup.
 */
class DdlDuringBackupTest {

  private static final int ROWS = 4_000;

  private final TestServer server = TestServer.shared();

  private final Path folder;

  DdlDuringBackupTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** When the DDL comes. */
  private enum Moment {
    /** The snapshot is open, nothing is read. */
    BEFORE_THE_FIRST_READ,
    /** Some parts are read. */
    BETWEEN_READS
  }

  /** Runs something once, at its moment in a backup. */
  private static final class At implements Progress {

    private final Moment moment;
    private final Runnable ddl;
    private final AtomicBoolean done = new AtomicBoolean();

    At(Moment moment, Runnable ddl) {
      this.moment = moment;
      this.ddl = ddl;
    }

    @Override
    public void begin(String phase, long expectedBytes) {
      if (moment == Moment.BEFORE_THE_FIRST_READ && phase.equals("reading")) {
        run();
      }
    }

    @Override
    public void advance(long rows, long bytes) {
      if (moment == Moment.BETWEEN_READS) {
        run();
      }
    }

    private void run() {
      if (!done.getAndSet(true)) {
        ddl.run();
      }
    }

    @Override
    public void warn(String text) {}
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void anAddedColumnIsWholeOrNotThere(Moment moment) {
    backsUpWhatIsThereAfter(moment, "ALTER TABLE t ADD COLUMN extra INT NOT NULL DEFAULT 7");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void aRenamedColumnHasItsValues(Moment moment) {
    backsUpWhatIsThereAfter(moment, "ALTER TABLE t RENAME COLUMN v TO w");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void aDroppedPartitionDoesNotTakeRowsOfTheOthers(Moment moment) {
    backsUpWhatIsThereAfter(moment, "ALTER TABLE parted DROP PARTITION p1");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void aTruncatedTableIsEmpty(Moment moment) {
    backsUpWhatIsThereAfter(moment, "TRUNCATE TABLE t");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void theSwapOfAnOnlineSchemaChangeLosesNoRow(Moment moment) {
    backsUpWhatIsThereAfter(
        moment,
        // what was copied before the snapshot is not all: the rest is copied now
        "INSERT INTO _t_new SELECT id, v FROM t WHERE id >= " + ROWS / 2,
        "RENAME TABLE t TO _t_old, _t_new TO t");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void aDroppedTableIsNotInTheBackup(Moment moment) {
    backsUpWhatIsThereAfter(moment, "DROP TABLE t");
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void aTableDroppedAndMadeAnewIsTheNewOne(Moment moment) {
    backsUpWhatIsThereAfter(
        moment,
        "DROP TABLE t",
        "CREATE TABLE t (other INT PRIMARY KEY)",
        "INSERT INTO t VALUES (1)");
  }

  /**
   * Nothing but the DDL changes, so the second pass has to find exactly what is there at the end.
   */
  private void backsUpWhatIsThereAfter(Moment moment, String... ddl) {
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema schema = server.freshSchema();
        TestSchema copy = server.freshSchema()) {
      fill(schema);
      AtomicInteger waited = new AtomicInteger();
      At hook =
          new At(
              moment,
              () -> {
                Instant start = Instant.now();
                schema.execute(ddl);
                waited.set((int) Duration.between(start, Instant.now()).toSeconds());
              });
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()), hook);
      assertThat(hook.done).isTrue();
      assertThat(waited.get()).as("seconds that the DDL took").isLessThan(10);
      assertThat(backup.consistency().passes()).isGreaterThan(1);
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  private static void fill(TestSchema schema) {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(ROWS),
        "CREATE TABLE _t_new (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO _t_new SELECT id, v FROM t WHERE id < " + ROWS / 2,
        "CREATE TABLE parted (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB PARTITION BY"
            + " RANGE (id) (PARTITION p0 VALUES LESS THAN (1000), PARTITION p1 VALUES LESS THAN"
            + " (2000), PARTITION p2 VALUES LESS THAN MAXVALUE)",
        "INSERT INTO parted SELECT id, v FROM t");
    for (String table : List.of("t", "_t_new", "parted")) {
      schema.server().rows("ANALYZE TABLE " + schema.name() + "." + table);
    }
  }

  @Test
  void aTableThatNeverRestsEndsTheBackupWithAClearError() {
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema schema = server.freshSchema()) {
      fill(schema);
      AtomicInteger columns = new AtomicInteger();
      Progress always =
          new Progress() {
            @Override
            public void begin(String phase, long expectedBytes) {
              if (phase.equals("reading")) {
                schema.execute(
                    "ALTER TABLE t ADD COLUMN c" + columns.incrementAndGet() + " INT NULL");
              }
            }

            @Override
            public void advance(long rows, long bytes) {}

            @Override
            public void warn(String text) {}
          };
      assertThatThrownBy(() -> repository.backup(server, TestRepository.of(schema.name()), always))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining(schema.name() + ".t")
          .hasMessageContaining("DDL changed it")
          .hasMessageContaining("exclude the table");
      assertThat(repository.source().backups()).isEmpty();
    }
  }
}
