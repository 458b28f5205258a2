package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The connections from among which a snapshot's are chosen, with a thread each, so that all of them
 * can be told to open at once. Used by one thread.
 */
final class Candidates implements AutoCloseable {

  static final String OPEN_SNAPSHOT = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

  private static final Set<Integer> SERVER_IS_FULL = Set.of(1040, 1203, 1226);

  private final List<JdbcConnection> connections;
  private final ExecutorService threads;

  private Candidates(List<JdbcConnection> connections) {
    this.connections = new ArrayList<>(connections);
    this.threads =
        Executors.newFixedThreadPool(
            connections.size(), Thread.ofPlatform().daemon().name("snapshot-", 0).factory());
  }

  /** What one connection does while all the others do the same. */
  interface Task<T> {
    T on(JdbcConnection connection) throws SQLException;
  }

  /** Opens as many as asked for, or as many as the server takes if that is at least one. */
  static Candidates open(DatabaseServer server, int count) {
    List<JdbcConnection> opened = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        JdbcConnection connection = server.open(ConnectionPurpose.SNAPSHOT);
        opened.add(connection);
        if (server.info().isMariaDb()) {
          SessionSetUp.letGoOfMetadataLocks(connection);
        }
      }
    } catch (VarveException failed) {
      if (opened.isEmpty() || !isServerFull(failed)) {
        closeQuietly(opened);
        throw failed;
      }
    }
    return new Candidates(opened);
  }

  private static boolean isServerFull(VarveException failed) {
    return failed.getCause() instanceof SQLException cause
        && SERVER_IS_FULL.contains(cause.getErrorCode());
  }

  int size() {
    return connections.size();
  }

  List<JdbcConnection> all() {
    return List.copyOf(connections);
  }

  List<JdbcConnection> first(int count) {
    return List.copyOf(connections.subList(0, count));
  }

  /** Runs a task on some connections at once; the answers are in the connections' order. */
  <T> List<T> together(List<JdbcConnection> chosen, Task<T> task) throws SQLException {
    List<Callable<T>> calls = new ArrayList<>();
    for (JdbcConnection connection : chosen) {
      calls.add(() -> task.on(connection));
    }
    try {
      List<T> answers = new ArrayList<>();
      for (Future<T> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof SQLException ofServer) {
        throw ofServer;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RetryLaterException(
          "open", "a snapshot", "the program was told to stop", "Start it again.", interrupted);
    }
  }

  /** Opens a snapshot on each of them at once; one that was open before ends. */
  void openSnapshots(List<JdbcConnection> chosen) throws SQLException {
    together(
        chosen,
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(OPEN_SNAPSHOT);
          }
        });
  }

  /** Hands some connections over and closes the others. */
  List<JdbcConnection> release(List<JdbcConnection> chosen) {
    connections.removeAll(chosen);
    close();
    return chosen;
  }

  @Override
  public void close() {
    threads.shutdown();
    closeQuietly(connections);
    connections.clear();
  }

  static void closeQuietly(List<? extends Connection> connections) {
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (SQLException alreadyGone) {
        // The server ends the transaction of a connection that is gone.
      }
    }
  }
}
