package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MySQL: reads the executed and the owned GTIDs before and after each opening, in one round trip.
 *
 * <p>A transaction owns its GTID before it is written to the log, and its GTID goes from owned to
 * executed only after the storage engine has committed it. So if nothing was owned before and after
 * and the executed sets are equal, no commit became visible between, and the snapshot is exactly
 * that set. Comparing the executed sets alone is wrong in up to 1% of the openings, comparing log
 * positions in up to 8%: a commit is in the log, then visible, then in the executed set.
 */
final class GtidBracket implements SnapshotMethod {

  // The order of the reads is part of the proof.
  private static final String BRACKET =
      "SELECT @@GLOBAL.gtid_executed; SELECT @@GLOBAL.gtid_owned; "
          + Candidates.OPEN_SNAPSHOT
          + "; SELECT @@GLOBAL.gtid_owned; SELECT @@GLOBAL.gtid_executed";

  private final ServerInfo info;

  GtidBracket(ServerInfo info) {
    this.info = info;
  }

  private record Reading(
      String executedBefore, String ownedBefore, String ownedAfter, String executedAfter) {

    boolean isClean() {
      return ownedBefore.isEmpty()
          && ownedAfter.isEmpty()
          && !executedBefore.isEmpty()
          && executedBefore.equals(executedAfter);
    }
  }

  @Override
  public SnapshotWay way() {
    return SnapshotWay.GTID;
  }

  @Override
  public Optional<String> obstacle(Connection control) throws SQLException {
    if (info.isMariaDb()) {
      return Optional.of("MariaDB has no executed GTID set");
    }
    if (!info.gtidMode().equals("ON")) {
      return Optional.of(
          "gtid_mode is " + (info.gtidMode().isEmpty() ? "unknown" : info.gtidMode()) + ", not ON");
    }
    return BinlogCoverage.gap(control, info);
  }

  // The more there are, the likelier enough of them open between the same two commits.
  @Override
  public int spares(int wanted) {
    return wanted == 1 ? 0 : Math.max(4, wanted / 2);
  }

  @Override
  public Outcome open(Candidates candidates, int wanted, Deadline deadline) throws SQLException {
    List<JdbcConnection> connections = candidates.all();
    do {
      List<Reading> readings = candidates.together(connections, GtidBracket::openBetweenReads);
      if (readings.stream().allMatch(reading -> reading.executedAfter().isEmpty())) {
        return new Outcome.Failed("the executed GTID set is empty, which proves nothing");
      }
      Map<String, List<JdbcConnection>> classes = new HashMap<>();
      for (int i = 0; i < readings.size(); i++) {
        if (readings.get(i).isClean()) {
          classes
              .computeIfAbsent(readings.get(i).executedAfter(), set -> new ArrayList<>())
              .add(connections.get(i));
        }
      }
      for (Map.Entry<String, List<JdbcConnection>> entry : classes.entrySet()) {
        if (entry.getValue().size() >= wanted) {
          return new Outcome.Opened(
              List.copyOf(entry.getValue().subList(0, wanted)),
              Optional.of(new LogPosition(nonEmpty(entry.getKey()), Optional.empty())));
        }
      }
    } while (!deadline.hasPassed());
    return new Outcome.Failed("commits came too fast for " + wanted + " openings between two");
  }

  private static Reading openBetweenReads(JdbcConnection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      List<String> values = new ArrayList<>(4);
      boolean isRows = statement.execute(BRACKET);
      while (isRows || statement.getUpdateCount() != -1) {
        if (isRows) {
          values.add(singleValue(statement));
        }
        isRows = statement.getMoreResults();
      }
      return new Reading(values.get(0), values.get(1), values.get(2), values.get(3));
    }
  }

  private static String singleValue(Statement statement) throws SQLException {
    try (ResultSet row = statement.getResultSet()) {
      row.next();
      String value = row.getString(1);
      return value == null ? "" : value;
    }
  }

  /** A set without the line breaks that the server puts into it. */
  static Optional<String> nonEmpty(String gtidSet) {
    String plain = gtidSet.replace("\n", "");
    return plain.isEmpty() ? Optional.empty() : Optional.of(plain);
  }
}
