package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads that execute a run's own statements are none of others. */
class OwnThreadsTest {

  private static final int READERS = 4;
  private static final Throttling TWO_OTHERS =
      new Throttling(OptionalLong.empty(), OptionalInt.of(2));

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final List<String> warnings = new ArrayList<>();

  @AfterEach
  void close() {
    schema.close();
  }

  /** They run for as long as a lock keeps them from their table. */
  @Test
  void onlyThoseOfOthersCount() throws Exception {
    schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    try (Source source = Source.connect(TestRepository.settings(server));
        Target readers = Target.connect(TestRepository.settings(server), Target.BinaryLog.ON);
        Connection locker = schema.connect();
        Statement lock = locker.createStatement();
        ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      TableDefinition table =
          source
              .catalog(TableSelection.of(List.of(new TableName(schema.name(), "t"))))
              .tables()
              .getFirst()
              .definition();
      Throttle own = source.throttle(TWO_OTHERS, () -> true, warnings::add);
      Throttle stranger = source.throttle(TWO_OTHERS, () -> true, warnings::add);
      List<TargetReader> opened = new ArrayList<>();
      List<Future<Long>> counts = new ArrayList<>();
      try {
        lock.execute("LOCK TABLES t WRITE");
        for (int i = 0; i < READERS; i++) {
          TargetReader reader = readers.reader(own);
          opened.add(reader);
          counts.add(threads.submit(() -> reader.tables().count(table)));
        }
        while (waitingForTheLock() < READERS) {
          Thread.onSpinWait();
        }
        assertThat(own.await()).as("no pause for its own").isTrue();
        assertThat(warnings).isEmpty();
        assertThat(stranger.await()).as("a pause for those of others").isFalse();
        assertThat(warnings).singleElement().asString().contains("more than 2", "pausing");
      } finally {
        lock.execute("UNLOCK TABLES");
        for (Future<Long> count : counts) {
          assertThat(count.get()).isEqualTo(1);
        }
        opened.forEach(TargetReader::close);
      }
    }
  }

  private long waitingForTheLock() {
    return server.rows("SHOW PROCESSLIST").stream()
        .filter(row -> row.contains("Waiting for table metadata lock"))
        .count();
  }
}
