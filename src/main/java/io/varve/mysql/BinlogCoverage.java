package io.varve.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Whether every commit moves the binary log. Where one does not, a log position stands still while
 * the data changes, and comparing positions "proves" any snapshots equal.
 *
 * <p>Sessions that set {@code sql_log_bin=0} cannot be seen from outside; what they write while
 * snapshots are being opened may be in some of them only.
 */
final class BinlogCoverage {

  private BinlogCoverage() {}

  /** Why some commits may not be in the log; empty if all are. */
  static Optional<String> gap(Connection control, ServerInfo info) throws SQLException {
    if (!info.logBin()) {
      return Optional.of("the binary log is off");
    }
    if (info.aurora() && info.storageReadOnly()) {
      return Optional.of("an Aurora reader does not log what it applies");
    }
    if (!info.logReplicaUpdates()) {
      Optional<String> gap = gapOfReplicas(control, info);
      if (gap.isPresent()) {
        return gap;
      }
    }
    return gapOfFilters(control, info);
  }

  private static Optional<String> gapOfReplicas(Connection control, ServerInfo info)
      throws SQLException {
    if (info.galera()) {
      return Optional.of(
          "log_slave_updates is off, so what other Galera nodes commit is not logged");
    }
    try (Statement statement = control.createStatement();
        ResultSet channels = statement.executeQuery(replicaStatus(info))) {
      return channels.next()
          ? Optional.of("it is a replica that does not log what it applies (log_replica_updates)")
          : Optional.empty();
    } catch (SQLException failed) {
      return unlessDenied(control, info, failed, "whether it is a replica cannot be seen");
    }
  }

  static String replicaStatus(ServerInfo info) {
    if (info.isMariaDb()) {
      return "SHOW ALL SLAVES STATUS";
    }
    return info.version().isAtLeast(8, 0, 22) ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
  }

  private static Optional<String> gapOfFilters(Connection control, ServerInfo info)
      throws SQLException {
    try {
      Optional<BinlogStatus> status = BinlogStatus.read(control, info);
      if (status.isEmpty()) {
        return Optional.of("the binary log is off");
      }
      return status.get().filtered()
          ? Optional.of("filters keep some schemas out of the binary log")
          : Optional.empty();
    } catch (SQLException failed) {
      return unlessDenied(control, info, failed, "filters of the binary log cannot be seen");
    }
  }

  private static Optional<String> unlessDenied(
      Connection control, ServerInfo info, SQLException failed, String what) throws SQLException {
    if (SqlErrors.isLostConnection(failed)) {
      throw failed;
    }
    SnapshotWay way = info.isMariaDb() ? SnapshotWay.BINLOG_STATUS : SnapshotWay.GTID;
    List<MissingPrivilege> missing = BackupPrivileges.missingFor(way, control, info, List.of());
    return Optional.of(
        what
            + ": "
            + (missing.isEmpty()
                ? SqlErrors.reasonAndHint(failed)
                : SqlErrors.reason(failed) + ". " + MissingPrivilege.advice(missing)));
  }
}
