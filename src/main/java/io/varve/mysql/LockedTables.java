package io.varve.mysql;

import static java.util.stream.Collectors.toCollection;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Any server: locks every table of the backup against writes in one statement, opens the snapshots,
 * unlocks; some milliseconds.
 *
 * <p>The wait for the locks is short and tried again, since what queues behind it waits too. It is
 * not FLUSH TABLES WITH READ LOCK, which behind one long SELECT stops every writer of the server.
 */
final class LockedTables implements SnapshotMethod {

  private static final int TRIES = 5;
  private static final int LOCK_WAIT_SECONDS = 2;
  private static final Duration PAUSE = Duration.ofMillis(500);
  // A connection that hangs must not keep the tables locked.
  private static final Duration LONGEST_OPENING = Duration.ofSeconds(10);
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private final ServerInfo info;
  private final List<TableName> tables;

  LockedTables(ServerInfo info, List<TableName> tables) {
    this.info = info;
    this.tables = tables;
  }

  @Override
  public SnapshotWay way() {
    return SnapshotWay.LOCK_TABLES;
  }

  @Override
  public Optional<String> obstacle(Connection control) {
    return tables.isEmpty() ? Optional.of("there is no table to lock") : Optional.empty();
  }

  // One holds the locks.
  @Override
  public int spares(int wanted) {
    return 1;
  }

  @Override
  public int most(int candidates) {
    return candidates - 1;
  }

  @Override
  public Outcome open(Candidates candidates, int wanted, Deadline deadline) throws SQLException {
    List<JdbcConnection> connections = candidates.first(wanted);
    JdbcConnection locker = candidates.all().getLast();
    try {
      if (!lock(locker, deadline, LONGEST_OPENING)) {
        return new Outcome.Failed("the tables could not be locked: other transactions held them");
      }
      Optional<LogPosition> position;
      try {
        position = openWhileLocked(locker, candidates, connections);
      } finally {
        // Should this fail, the locks were lost before all were open.
        execute(locker, "UNLOCK TABLES");
      }
      return new Outcome.Opened(connections, position.map(place -> withGtid(locker, place)));
    } catch (SQLException failed) {
      if (SqlErrors.isLostConnection(failed)) {
        throw failed;
      }
      return SqlErrors.isDenied(failed)
          ? new Outcome.Denied("the tables could not be locked: " + denial(locker, failed))
          : new Outcome.Failed(
              "the tables could not be locked: " + SqlErrors.reasonAndHint(failed));
    }
  }

  String denial(Connection locker, SQLException failed) throws SQLException {
    Set<String> schemas =
        tables.stream().map(TableName::schema).collect(toCollection(TreeSet::new));
    List<MissingPrivilege> missing =
        BackupPrivileges.missingFor(SnapshotWay.LOCK_TABLES, locker, info, schemas);
    return missing.isEmpty()
        ? SqlErrors.reasonAndHint(failed)
        : SqlErrors.reason(failed) + ". " + MissingPrivilege.advice(missing);
  }

  /**
   * Locks them, if that can be done soon.
   *
   * @param longestSilence after which the server lets go of them by itself
   * @return false if others held them
   */
  boolean lock(Connection locker, Deadline deadline, Duration longestSilence) throws SQLException {
    execute(
        locker,
        "SET SESSION lock_wait_timeout = "
            + LOCK_WAIT_SECONDS
            // Should this program vanish without a word, the server lets go of the locks.
            + ", SESSION wait_timeout = "
            + longestSilence.toSeconds());
    String statement =
        tables.stream()
            .map(table -> table.quoted() + " READ")
            .collect(Collectors.joining(", ", "LOCK TABLES ", ""));
    for (int attempt = 1; ; attempt++) {
      try {
        execute(locker, statement);
        return true;
      } catch (SQLException failed) {
        if (failed.getErrorCode() != LOCK_WAIT_TIMEOUT) {
          throw failed;
        }
      }
      if (attempt == TRIES || deadline.hasPassed()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private Optional<LogPosition> openWhileLocked(
      Connection locker, Candidates candidates, List<JdbcConnection> connections)
      throws SQLException {
    limit(connections, LONGEST_OPENING);
    candidates.openSnapshots(connections);
    limit(connections, Duration.ZERO);
    return end(locker);
  }

  private static void limit(List<JdbcConnection> connections, Duration timeout)
      throws SQLException {
    for (JdbcConnection connection : connections) {
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
    }
  }

  // Exact for the locked tables: all of their commits are in the log and none is under way.
  Optional<LogPosition> end(Connection locker) throws SQLException {
    try {
      return BinlogStatus.read(locker, info)
          .filter(status -> status.end().isPresent())
          .map(status -> new LogPosition(status.gtidSet(), status.end()));
    } catch (SQLException failed) {
      if (SqlErrors.isLostConnection(failed)) {
        throw failed;
      }
      // A snapshot is as good without; only recovery to a point in time needs the position.
      return Optional.empty();
    }
  }

  // After the unlock, for it scans the log.
  LogPosition withGtid(Connection connection, LogPosition position) {
    if (!info.isMariaDb()) {
      return position;
    }
    return new LogPosition(
        position
            .coordinates()
            .flatMap(
                place -> {
                  try {
                    return BinlogSnapshotStatus.gtidAt(connection, place);
                  } catch (SQLException unknown) {
                    return Optional.empty();
                  }
                }),
        position.coordinates());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
