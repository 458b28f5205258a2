package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * MariaDB: the server keeps for each snapshot at which place in its log it stands ({@code
 * binlog_snapshot_file} and {@code binlog_snapshot_position}); equal places are equal snapshots.
 *
 * <p>The values pass through variables that all sessions seem to share: read by several connections
 * at once they were another session's in up to 4% of the tries. So one connection after another
 * reads them, each until three readings agree, since a monitor may read them too. And a place may
 * be ahead of what the snapshot sees: {@link CommitBoundary} tells when.
 */
final class BinlogSnapshotStatus implements SnapshotMethod {

  private static final int READINGS_THAT_AGREE = 3;
  private static final int MOST_READINGS = 30;

  private final ServerInfo info;
  private final Optional<CommitBoundary.Noted> noted;

  BinlogSnapshotStatus(ServerInfo info) {
    this(info, Optional.empty());
  }

  /**
   * @param noted where the log ended earlier
   */
  BinlogSnapshotStatus(ServerInfo info, Optional<CommitBoundary.Noted> noted) {
    this.info = info;
    this.noted = noted;
  }

  @Override
  public SnapshotWay way() {
    return SnapshotWay.BINLOG_STATUS;
  }

  @Override
  public Optional<String> obstacle(Connection control) throws SQLException {
    if (!info.isMariaDb()) {
      return Optional.of("only MariaDB tells the log position of a snapshot");
    }
    return BinlogCoverage.gap(control, info);
  }

  @Override
  public int spares(int wanted) {
    return wanted == 1 ? 0 : 4;
  }

  @Override
  public Outcome open(Candidates candidates, int wanted, Deadline deadline) throws SQLException {
    List<JdbcConnection> connections = candidates.all();
    CommitBoundary boundary = new CommitBoundary(connections.getFirst(), info, noted);
    do {
      boundary.rememberEndOfLog();
      candidates.openSnapshots(connections);
      Map<BinlogCoordinates, List<JdbcConnection>> classes = new HashMap<>();
      for (JdbcConnection connection : connections) {
        settled(connection)
            .ifPresent(
                place -> classes.computeIfAbsent(place, p -> new ArrayList<>()).add(connection));
      }
      if (classes.isEmpty()) {
        return new Outcome.Failed("the server tells no log position for its snapshots");
      }
      for (Map.Entry<BinlogCoordinates, List<JdbcConnection>> entry : classes.entrySet()) {
        if (entry.getValue().size() >= wanted && boundary.isExactAt(entry.getKey())) {
          List<JdbcConnection> chosen = List.copyOf(entry.getValue().subList(0, wanted));
          Optional<String> gtid = gtidAt(chosen.getFirst(), entry.getKey());
          return new Outcome.Opened(
              chosen, Optional.of(new LogPosition(gtid, Optional.of(entry.getKey()))));
        }
      }
    } while (!deadline.hasPassed());
    return new Outcome.Failed("commits came too fast for " + wanted + " openings between two");
  }

  private static Optional<BinlogCoordinates> settled(Connection connection) throws SQLException {
    Optional<BinlogCoordinates> last = Optional.empty();
    int agreeing = 0;
    for (int reading = 0; reading < MOST_READINGS; reading++) {
      Optional<BinlogCoordinates> place = read(connection);
      agreeing = place.equals(last) ? agreeing + 1 : 1;
      last = place;
      if (agreeing == READINGS_THAT_AGREE) {
        return place;
      }
    }
    return Optional.empty();
  }

  private static Optional<BinlogCoordinates> read(Connection connection) throws SQLException {
    String file = "";
    long offset = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW STATUS LIKE 'binlog_snapshot_%'")) {
      while (rows.next()) {
        switch (rows.getString(1).toLowerCase(Locale.ROOT)) {
          case "binlog_snapshot_file" -> file = rows.getString(2);
          case "binlog_snapshot_position" -> offset = rows.getLong(2);
          default -> {}
        }
      }
    }
    return file.isEmpty() || offset == 0
        ? Optional.empty()
        : Optional.of(new BinlogCoordinates(file, offset));
  }

  /**
   * MariaDB's GTID position at a place in its log. The server scans the log file up to there: 0.4 s
   * for 137 MB. {@code gtid_binlog_pos} is faster and not exact.
   */
  static Optional<String> gtidAt(Connection connection, BinlogCoordinates place)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT BINLOG_GTID_POS(?, ?)")) {
      statement.setString(1, place.file());
      statement.setLong(2, place.offset());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String gtid = row.getString(1);
        return gtid == null || gtid.isEmpty() ? Optional.empty() : Optional.of(gtid);
      }
    }
  }
}
