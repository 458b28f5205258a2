package io.varve.mysql;

import io.varve.mysql.MissingPrivilege.Loss;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which privileges a backup needs, and which of them its user lacks. What the server refuses is
 * tried out; of what it hides ({@code information_schema} leaves out triggers that one may not see)
 * only {@link Grants} tell. Not thread-safe; costs some small queries.
 */
final class BackupPrivileges {

  private final Connection connection;
  private final ServerInfo info;
  private final Grants grants;
  private final List<MissingPrivilege> missing = new ArrayList<>();

  private BackupPrivileges(Connection connection, ServerInfo info) throws SQLException {
    this.connection = connection;
    this.info = info;
    this.grants = Grants.read(connection);
  }

  /**
   * Those that lack.
   *
   * @param schemas that are to be backed up
   * @param ways to a snapshot that should be possible
   */
  static List<MissingPrivilege> missing(
      Connection connection, ServerInfo info, Collection<String> schemas, Set<SnapshotWay> ways)
      throws SQLException {
    BackupPrivileges privileges = new BackupPrivileges(connection, info);
    schemas.forEach(privileges::deduceOfSchema);
    privileges.deduceOfRoutines(schemas);
    privileges.tryOfDdl();
    ways.forEach(way -> privileges.tryOf(way, schemas));
    return List.copyOf(privileges.missing);
  }

  /** Those that one way to a snapshot lacks. */
  static List<MissingPrivilege> missingFor(
      SnapshotWay way, Connection connection, ServerInfo info, Collection<String> schemas)
      throws SQLException {
    BackupPrivileges privileges = new BackupPrivileges(connection, info);
    privileges.tryOf(way, schemas);
    return List.copyOf(privileges.missing);
  }

  private void deduceOfSchema(String schema) {
    GrantScope scope = GrantScope.of(schema);
    deduce(
        "SELECT", scope, "tables of " + schema + " cannot be read, or not even seen", Loss.RESULT);
    deduce(
        "SHOW VIEW",
        scope,
        "the definitions of views of " + schema + " cannot be read",
        Loss.RESULT);
    deduce(
        "TRIGGER",
        scope,
        "triggers of " + schema + " cannot be seen, so they are left out",
        Loss.RESULT);
    deduce(
        "EVENT",
        scope,
        "events of " + schema + " cannot be seen, so they are left out",
        Loss.RESULT);
  }

  /** Who may not see the text of a routine does not see that there is one. */
  private void deduceOfRoutines(Collection<String> schemas) {
    String without = "routines cannot be seen or read, so they are left out";
    if (info.isMariaDb()) {
      boolean each =
          !schemas.isEmpty()
              && schemas.stream()
                  .allMatch(schema -> grants.cover("SHOW CREATE ROUTINE", GrantScope.of(schema)));
      if (!each) {
        deduce("SELECT", new GrantScope("mysql", "proc"), without, Loss.RESULT);
      }
    } else if (!grants.cover("SELECT", GrantScope.SERVER)) {
      deduce("SHOW_ROUTINE", GrantScope.SERVER, without, Loss.RESULT);
    }
  }

  private void tryOfDdl() {
    trial(
        "PROCESS",
        "SELECT 1 FROM information_schema."
            + (info.isMariaDb() ? "INNODB_SYS_TABLES" : "INNODB_TABLES")
            + " LIMIT 1",
        "DDL during the backup is noticed by the time at which a table was made, to the second");
    if (info.isMariaDb() && info.logBin()) {
      trial(
          "BINLOG ADMIN",
          "SET SESSION sql_log_bin = @@SESSION.sql_log_bin", // what it is anyway
          "DDL on a table waits until the backup ends once the table is read");
    }
  }

  private void tryOf(SnapshotWay way, Collection<String> schemas) {
    switch (way) {
      case GTID -> {
        if (info.gtidMode().equals("ON")) {
          tryOfLog("REPLICATION CLIENT", BinlogStatus.query(info));
        }
      }
      case BINLOG_STATUS -> {
        if (info.isMariaDb()) {
          tryOfLog("BINLOG MONITOR", BinlogStatus.query(info));
          if (!info.logReplicaUpdates()) {
            tryOfLog("SLAVE MONITOR", BinlogCoverage.replicaStatus(info));
          }
        }
      }
      case LOCK_TABLES ->
          schemas.forEach(
              schema ->
                  deduce(
                      "LOCK TABLES",
                      GrantScope.of(schema),
                      "tables of " + schema + " cannot be locked while snapshots are opened",
                      Loss.COMFORT));
      case SINGLE -> {}
    }
  }

  private void tryOfLog(String privilege, String sql) {
    if (info.logBin()) {
      trial(privilege, sql, "the binary log cannot prove that connections see one instant");
    }
  }

  private void trial(String privilege, String sql, String without) {
    try {
      Rows.execute(connection, sql);
    } catch (SQLException failed) {
      if (SqlErrors.isDenied(failed)) {
        add(privilege, GrantScope.SERVER, without, Loss.COMFORT);
      }
    }
  }

  private void deduce(String privilege, GrantScope scope, String without, Loss loss) {
    if (!grants.cover(privilege, scope)) {
      add(privilege, scope, without, loss);
    }
  }

  private void add(String privilege, GrantScope scope, String without, Loss loss) {
    missing.add(new MissingPrivilege(privilege, scope.toString(), grants.account(), without, loss));
  }
}
