package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.util.EnumSet;
import java.util.Set;

/** How the connections of a snapshot came to see the same instant; the manifest records it. */
public enum SnapshotWay {
  /** MySQL's GTID sets around each opening prove that nothing was committed between. */
  GTID("gtid"),
  /** MariaDB tells at which log position each connection's snapshot stands. */
  BINLOG_STATUS("binlog-status"),
  /** The tables were locked against writes for as long as the opening took. */
  LOCK_TABLES("lock-tables"),
  /** There is one connection only. */
  SINGLE("single");

  private final String word;

  SnapshotWay(String word) {
    this.word = word;
  }

  /** The first that a server may have. */
  static SnapshotWay best(ServerInfo info) {
    if (!info.logBin()) {
      return LOCK_TABLES;
    }
    if (info.isMariaDb()) {
      return BINLOG_STATUS;
    }
    return info.gtidMode().equals("ON") ? GTID : LOCK_TABLES;
  }

  /** Those that are tried before this one is taken, and this one. */
  public Set<SnapshotWay> andBetter(int connections) {
    Set<SnapshotWay> ways = EnumSet.range(GTID, this);
    if (connections == 1) {
      ways.remove(LOCK_TABLES); // one connection alone needs no lock
    }
    return ways;
  }

  public static SnapshotWay parse(String text) {
    for (SnapshotWay way : values()) {
      if (way.word.equals(text)) {
        return way;
      }
    }
    throw new InvalidRequestException(
        "use the snapshot way",
        "'" + text + "'",
        "there is no such way",
        "The ways are gtid, binlog-status, lock-tables and single.");
  }

  @Override
  public String toString() {
    return word;
  }
}
