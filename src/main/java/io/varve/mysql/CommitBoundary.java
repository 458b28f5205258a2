package io.varve.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a snapshot's place in MariaDB's log was put there by a commit.
 *
 * <p>The server also moves that place when it rotates the log and when it writes a {@code
 * Binlog_checkpoint} event. If a group of transactions is in the log by then and not yet in the
 * storage engine, a snapshot says it stands after them and does not see them: rare (measured: 8
 * transactions ahead, once in some thousand openings with a rotation every 50), and whoever replays
 * the log from there loses them. So either the event that ends at the place is a commit's, or
 * nothing has moved for longer than such a group can take.
 *
 * <p>Needs BINLOG MONITOR, as the rest of the way does; reading some events takes well below a
 * millisecond. Used by one thread.
 */
final class CommitBoundary {

  private static final Set<String> COMMITS =
      Set.of("Xid", "Query", "Query_compressed", "XA_prepare");
  private static final Duration LONGEST_COMMIT = Duration.ofMillis(200);
  private static final int MOST_EVENTS = 1000;
  private static final int TRIES_FROM_ONE_START = 8;

  private final Connection connection;
  private final ServerInfo info;

  private Optional<BinlogCoordinates> start = Optional.empty();
  private int triesFromStart;
  private Optional<BinlogCoordinates> last = Optional.empty();
  private Deadline rested = Deadline.in(LONGEST_COMMIT);

  /** Where the log ended at a moment, and when that is longer ago than a group can take. */
  record Noted(BinlogCoordinates end, Deadline rested) {}

  /**
   * @param noted earlier: where the log still ends there, nobody has to wait
   */
  CommitBoundary(Connection connection, ServerInfo info, Optional<Noted> noted) {
    this.connection = connection;
    this.info = info;
    noted.ifPresent(
        earlier -> {
          last = Optional.of(earlier.end());
          rested = earlier.rested();
        });
  }

  /** Notes where the log ends now; empty if the user may not know, or there is none. */
  static Optional<Noted> note(Connection connection, ServerInfo info) {
    try {
      return BinlogStatus.read(connection, info)
          .flatMap(BinlogStatus::end)
          .map(end -> new Noted(end, Deadline.in(LONGEST_COMMIT)));
    } catch (SQLException notAllowed) {
      return Optional.empty();
    }
  }

  /** To be called before snapshots are opened: events can be read only from where one begins. */
  void rememberEndOfLog() throws SQLException {
    if (start.isEmpty() || triesFromStart++ % TRIES_FROM_ONE_START == 0) {
      start = BinlogStatus.read(connection, info).flatMap(BinlogStatus::end);
    }
  }

  /** Whether snapshots that say they stand there do. If not, open others. */
  boolean isExactAt(BinlogCoordinates place) throws SQLException {
    if (start.isPresent() && isAfter(place, start.get())) {
      return endsWithACommit(start.get(), place);
    }
    if (start.isPresent() && !start.get().file().equals(place.file())) {
      start = Optional.empty();
    }
    return hasRested(place);
  }

  private boolean hasRested(BinlogCoordinates place) {
    if (last.isEmpty() || !last.get().equals(place)) {
      last = Optional.of(place);
      rested = Deadline.in(LONGEST_COMMIT);
      return false;
    }
    if (rested.hasPassed()) {
      return true;
    }
    LockSupport.parkNanos(rested.remaining().toNanos());
    return false;
  }

  private static boolean isAfter(BinlogCoordinates place, BinlogCoordinates other) {
    return place.file().equals(other.file()) && place.offset() > other.offset();
  }

  private boolean endsWithACommit(BinlogCoordinates from, BinlogCoordinates place)
      throws SQLException {
    String query =
        "SHOW BINLOG EVENTS IN '"
            + place.file().replace("'", "''")
            + "' FROM "
            + from.offset()
            + " LIMIT "
            + MOST_EVENTS;
    try (Statement statement = connection.createStatement();
        ResultSet events = statement.executeQuery(query)) {
      while (events.next()) {
        if (events.getLong("End_log_pos") == place.offset()) {
          return COMMITS.contains(events.getString("Event_type"));
        }
      }
      return false;
    }
  }
}
