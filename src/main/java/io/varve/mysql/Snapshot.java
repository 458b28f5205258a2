package io.varve.mysql;

import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Some connections to one server that see the same instant of it.
 *
 * <p>Each connection is in an open read-only transaction, begun by SQL. A {@code COMMIT} or {@code
 * ROLLBACK} ends what it sees; {@code ROLLBACK TO SAVEPOINT} does not. A lost connection is never
 * replaced, for the new one would see another instant: the pass has to end. Each connection is for
 * one thread at a time.
 */
public final class Snapshot implements AutoCloseable {

  private final SnapshotWay way;
  private final List<Connection> connections;
  private final Optional<LogPosition> position;
  private final Instant takenAt;
  private final List<String> shortfalls;

  Snapshot(
      SnapshotWay way,
      List<? extends Connection> connections,
      Optional<LogPosition> position,
      Instant takenAt,
      List<String> shortfalls) {
    this.way = way;
    this.connections = List.copyOf(connections);
    this.position = position;
    this.takenAt = takenAt;
    this.shortfalls = List.copyOf(shortfalls);
  }

  public SnapshotWay way() {
    return way;
  }

  /** At least one; as many as were wanted, unless {@link #shortfalls} says why not. */
  public List<Connection> connections() {
    return connections;
  }

  /** Where the server's log stands at this snapshot; empty where that is not known exactly. */
  public Optional<LogPosition> position() {
    return position;
  }

  /** The server's clock just after the snapshot was opened. */
  public Instant takenAt() {
    return takenAt;
  }

  /** What was wanted and could not be had, and why, in sentences for the manifest. */
  public List<String> shortfalls() {
    return shortfalls;
  }

  /** Ends what the connections see, and closes them. */
  @Override
  public void close() {
    Candidates.closeQuietly(connections);
  }
}
