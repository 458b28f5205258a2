package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Progress;
import io.varve.mysql.Source;
import io.varve.mysql.Throttling;
import io.varve.repository.Manifest;
import io.varve.testing.ManifestSchema;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever holds a snapshot open while others write a lot is told so. */
class HistoryWatchTest {

  private static final HistoryWatch.Rule SOON = new HistoryWatch.Rule(50, Duration.ofMillis(100));

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  HistoryWatchTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, REPEAT(LEFT(SHA2(n, 256), 32), 5) FROM "
            + Numbers.below(10_000),
        "CREATE TABLE busy (id INT PRIMARY KEY, v INT NOT NULL) ENGINE=InnoDB",
        "INSERT INTO busy VALUES (1, 0)");
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
  }

  private Progress progress() {
    return new Progress() {
      @Override
      public void begin(String phase, long expectedBytes) {}

      @Override
      public void advance(long rows, long bytes) {}

      @Override
      public void warn(String text) {
        warnings.add(text);
      }
    };
  }

  /** Slow enough for others to write meanwhile. */
  private Manifest backup(TestServer as, HistoryWatch.Rule rule) {
    BackupOptions options =
        TestRepository.of(schema.name())
            .throttled(new Throttling(OptionalLong.of(600_000), OptionalInt.empty()));
    try (Source source = Source.connect(TestRepository.settings(as))) {
      BackupReport report =
          new Backup(source, repository.source(), options, progress(), Clock.systemUTC(), rule)
              .run();
      ManifestSchema.requireValid(repository.store(), TestRepository.SOURCE, report.id());
      return repository.manifest(report);
    }
  }

  private Manifest backupWhileOthersWrite(TestServer as, HistoryWatch.Rule rule) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> writer = threads.submit(() -> write(done));
      try {
        return backup(as, rule);
      } finally {
        done.set(true);
        writer.get();
      }
    }
  }

  private Void write(AtomicBoolean done) throws Exception {
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement()) {
      while (!done.get()) {
        statement.execute("UPDATE busy SET v = v + 1");
      }
    }
    return null;
  }

  @Test
  void aGrowingHistoryIsWarnedOfOnceAndNoted() throws Exception {
    Manifest manifest = backupWhileOthersWrite(server, SOON);
    assertThat(warnings)
        .filteredOn(text -> text.contains("history of old row versions"))
        .hasSize(1);
    assertThat(manifest.notes())
        .filteredOn(note -> note.contains("history of old row versions"))
        .singleElement()
        .asString()
        .contains("--parallel", "--deadline", "replica");
  }

  @Test
  void aHistoryThatStaysShortIsNotMentioned() throws Exception {
    Manifest manifest = backupWhileOthersWrite(server, HistoryWatch.Rule.DEFAULT);
    assertThat(warnings).noneMatch(text -> text.contains("history of old row versions"));
    assertThat(manifest.notes()).isEmpty();
  }

  /** MySQL tells it to those with PROCESS only; MariaDB to all. */
  @Test
  void whoMayNotSeeTheHistoryIsNotStopped() throws Exception {
    try (TestUser user =
        server.freshUser(
            "SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON " + schema.name() + ".*")) {
      TestServer as = new TestServer(server.host(), server.port(), user.name(), user.password());
      backupWhileOthersWrite(as, SOON);
      assertThat(warnings.stream().anyMatch(text -> text.contains("history of old row versions")))
          .isEqualTo(server.isMariaDb());
    }
  }
}
