package io.varve.mysql;

import io.varve.testing.TestSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Sessions that each commit {@code UPDATE c SET v=v+1} for as long as they are not closed. */
final class Writers implements AutoCloseable {

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final ExecutorService threads;
  private final List<Future<Long>> commits = new ArrayList<>();

  private Writers(int sessions) {
    threads = Executors.newFixedThreadPool(sessions);
  }

  static void createTable(TestSchema schema) {
    schema.execute(
        "CREATE TABLE c (id INT PRIMARY KEY, v BIGINT NOT NULL) ENGINE=InnoDB",
        "INSERT INTO c VALUES (0,0),(1,0),(2,0),(3,0),(4,0),(5,0),(6,0),(7,0),(8,0),(9,0),(10,0),"
            + "(11,0),(12,0),(13,0),(14,0),(15,0)");
  }

  /**
   * @param perSecond commits of all sessions together; 0: as many as the machine gives
   */
  static Writers start(TestSchema schema, int sessions, int perSecond) throws SQLException {
    Writers writers = new Writers(sessions);
    long pauseNanos = perSecond == 0 ? 0 : 1_000_000_000L * sessions / perSecond;
    for (int id = 0; id < sessions; id++) {
      int row = id % 16;
      Connection connection = schema.connect();
      writers.commits.add(writers.threads.submit(() -> writers.write(connection, row, pauseNanos)));
    }
    return writers;
  }

  private long write(Connection connection, int row, long pauseNanos) throws SQLException {
    long count = 0;
    try (connection;
        PreparedStatement update =
            connection.prepareStatement("UPDATE c SET v = v + 1 WHERE id = ?")) {
      update.setInt(1, row);
      long next = System.nanoTime();
      while (!stopped.get()) {
        update.executeUpdate();
        count++;
        next += pauseNanos;
        long left = next - System.nanoTime();
        if (left > 0) {
          LockSupport.parkNanos(left);
        } else {
          next -= left;
        }
      }
    }
    return count;
  }

  /** Stops, and answers how many commits there were. */
  long stop() {
    stopped.set(true);
    threads.shutdown();
    long sum = 0;
    try {
      for (Future<Long> count : commits) {
        sum += count.get();
      }
    } catch (ExecutionException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
    return sum;
  }

  @Override
  public void close() {
    stop();
  }
}
