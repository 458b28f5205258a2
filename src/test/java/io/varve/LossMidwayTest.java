package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupReport;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server or a store goes away in the middle: a clear end, and nothing half-visible. */
class LossMidwayTest {

  private static final int ROWS = 9_000;
  private static final int ROW_BYTES = 80;

  private final TestServer server = TestServer.shared();
  private final Path folder;

  LossMidwayTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Does something once, at the n-th progress of some rows. */
  private static Progress at(int advance, Runnable action) {
    AtomicInteger count = new AtomicInteger();
    return new Progress() {
      @Override
      public void begin(String phase, long expectedBytes) {}

      @Override
      public void advance(long rows, long bytes) {
        if (count.incrementAndGet() == advance) {
          action.run();
        }
      }

      @Override
      public void warn(String text) {}
    };
  }

  private static void fill(TestSchema schema) {
    fill(schema, ROWS);
  }

  private static void fill(TestSchema schema, int rows) {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(80) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 40), 2) FROM " + Numbers.below(rows));
    schema.server().rows("ANALYZE TABLE " + schema.name() + ".t");
  }

  @Test
  void aSourceThatDiesLeavesNoBackupAndItsWorkToTheNextRun() throws IOException {
    try (EmbeddedMariaDb source = EmbeddedMariaDb.start();
        TestRepository repository = TestRepository.in(folder)) {
      source.server().execute("CREATE DATABASE shop");
      source
          .server()
          .execute(
              "USE shop",
              "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(80) NOT NULL) ENGINE=InnoDB",
              "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 40), 2) FROM "
                  + Numbers.below(ROWS));
      source.server().rows("ANALYZE TABLE shop.t"); // or all is read at once
      assertThatThrownBy(
              () ->
                  repository.backup(
                      source.server(), TestRepository.of("shop"), at(5, source::close)))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("shop.t")
          .hasMessageContaining("127.0.0.1:" + source.server().port())
          .hasMessageContaining("try again");
      assertThat(repository.source().backups()).isEmpty();
      assertThat(folder.resolve("test/manifests")).doesNotExist();
      assertThat(repository.source().openJobs())
          .singleElement()
          .satisfies(job -> assertThat(job.pieces().getLast().state()).isEqualTo("stopped"));
    }
  }

  @Test
  void aTargetThatDiesEndsTheRestoreAndAnotherTakesIt() {
    try (EmbeddedMariaDb target = EmbeddedMariaDb.start();
        TestRepository repository = TestRepository.in(folder);
        TestSchema schema = server.freshSchema();
        TestSchema copy = server.freshSchema()) {
      fill(schema);
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      assertThatThrownBy(
              () ->
                  repository.restore(
                      target.server(),
                      backup.id(),
                      TestRepository.renaming(schema.name(), "copy"),
                      at(5, target::close)))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("127.0.0.1:" + target.server().port());
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  @Test
  void aTargetWithoutSpaceEndsTheRestoreAndSaysSo() {
    try (EmbeddedMariaDb full =
            EmbeddedMariaDb.start(
                "--innodb-file-per-table=0",
                "--innodb-data-file-path=ibdata1:12M:autoextend:max:14M");
        TestRepository repository = TestRepository.in(folder);
        TestSchema schema = server.freshSchema()) {
      schema.execute(
          "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(80) NOT NULL) ENGINE=InnoDB",
          "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 40), 2) FROM "
              + Numbers.below(20 * ROWS));
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      assertThatThrownBy(
              () ->
                  repository.restore(
                      full.server(), backup, TestRepository.renaming(schema.name(), "copy")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("copy.t")
          .hasMessageContaining("no space left")
          .hasMessageContaining("Free or add disk space");
    }
  }

  @Test
  void aStoreThatDiesEndsTheBackupWithoutReadingOn() throws IOException {
    AtomicInteger puts = new AtomicInteger();
    AtomicInteger advances = new AtomicInteger();
    ObjectStore dying =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {
              if (key.contains("/parts/") && puts.incrementAndGet() > 3) {
                throw new RetryLaterException("put", key, "the store is away", "Try again later.");
              }
            });
    try (TestRepository repository = TestRepository.over(dying);
        TestSchema schema = server.freshSchema()) {
      fill(schema, 10 * ROWS);
      long ranges = 10L * ROWS * ROW_BYTES / TestRepository.PART_BYTES;
      Progress counting =
          new Progress() {
            @Override
            public void begin(String phase, long expectedBytes) {}

            @Override
            public void advance(long rows, long bytes) {
              advances.incrementAndGet();
            }

            @Override
            public void warn(String text) {}
          };
      assertThatThrownBy(
              () -> repository.backup(server, TestRepository.of(schema.name()), counting))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("the store is away")
          .hasMessageContaining(schema.name());
      assertThat((long) advances.get()).as("ranges read").isLessThan(ranges / 2);
      assertThat(repository.source().backups()).isEmpty();
      assertThat(folder.resolve("test/manifests")).doesNotExist();
      assertThat(repository.source().openJobs())
          .singleElement()
          .satisfies(job -> assertThat(job.pieces().getLast().state()).isEqualTo("stopped"));
    }
  }

  @Test
  void aStoreThatDiesAtTheCommitLeavesItOpenWhetherThereIsABackup() throws IOException {
    AtomicBoolean dead = new AtomicBoolean(true);
    ObjectStore dying =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {
              if (key.contains("/manifests/") && dead.get()) {
                throw new RetryLaterException("put", key, "the store is away", "Try again later.");
              }
            });
    try (TestRepository repository = TestRepository.over(dying);
        TestSchema schema = server.freshSchema()) {
      fill(schema);
      assertThatThrownBy(() -> repository.backup(server, TestRepository.of(schema.name())))
          .isInstanceOf(CommitStateUnknownException.class)
          .hasMessageContaining("varve list");
      dead.set(false);
      assertThat(repository.source().backups()).isEmpty();
      assertThat(folder.resolve("test/manifests")).doesNotExist(); // no fence: it may have been put
      BackupReport next = repository.backup(server, TestRepository.of(schema.name()));
      assertThat(repository.source().resolve("latest")).isEqualTo(next.id());
    }
  }

  @Test
  void aStoreThatDiesUnderARestoreEndsItAndTheNextGoesOn() {
    AtomicInteger reads = new AtomicInteger();
    ObjectStore dying =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {
              if (key.contains("/parts/") && reads.incrementAndGet() == 10) {
                throw new RetryLaterException("read", key, "the store is away", "Try again later.");
              }
            });
    try (TestRepository repository = TestRepository.in(folder);
        TestRepository failing = TestRepository.over(dying);
        TestSchema schema = server.freshSchema();
        TestSchema copy = server.freshSchema()) {
      fill(schema);
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      var options = TestRepository.renaming(schema.name(), copy.name());
      assertThatThrownBy(() -> failing.restore(server, backup, options))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("the store is away");
      failing.restore(server, backup, options);
      assertThat(reads.get())
          .as("parts read in both tries")
          .isLessThan(2 * backup.totals().parts());
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  @Test
  void twoBackupsOfOneSourceAtOnceBothCommitAndRestore() throws Exception {
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema schema = server.freshSchema();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      fill(schema);
      List<Future<BackupReport>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        running.add(
            threads.submit(() -> repository.backup(server, TestRepository.of(schema.name()))));
      }
      BackupReport one = running.getFirst().get();
      BackupReport other = running.getLast().get();
      assertThat(one.id()).isNotEqualTo(other.id());
      assertThat(repository.source().backups()).hasSize(2);
      for (BackupReport backup : List.of(one, other)) {
        try (TestSchema copy = server.freshSchema()) {
          repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
          assertThat(SchemaContents.of(server, copy.name()))
              .isEqualTo(SchemaContents.of(server, schema.name()));
        }
      }
    }
  }
}
