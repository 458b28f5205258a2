package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * One of the {@link SnapshotWay}s at work. The rules of each were measured against real servers.
 */
sealed interface SnapshotMethod
    permits GtidBracket, BinlogSnapshotStatus, LockedTables, SingleConnection {

  SnapshotWay way();

  /** Why this way proves nothing on this server, or nothing that this user may see. */
  Optional<String> obstacle(Connection control) throws SQLException;

  /** How many candidates help it beyond those that are wanted in the snapshot. */
  int spares(int wanted);

  /** How many of that many candidates can be in the snapshot. */
  default int most(int candidates) {
    return candidates;
  }

  /**
   * Makes some of the candidates see one instant. The others, and after a failure all, may be in
   * any transaction, or none.
   *
   * @param wanted how many connections the snapshot is to have; at most as many as candidates
   */
  Outcome open(Candidates candidates, int wanted, Deadline deadline) throws SQLException;

  sealed interface Outcome {
    /** These see one instant. */
    record Opened(List<JdbcConnection> connections, Optional<LogPosition> position)
        implements Outcome {}

    /** They do not, and the next way may try. */
    record Failed(String reason) implements Outcome {}

    /** Nor will they when tried again: the user lacks a privilege. */
    record Denied(String reason) implements Outcome {}
  }
}
