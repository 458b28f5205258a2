package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a server is and how it is set up, read once when the first connection is made. The settings
 * are the global ones, not those of Varve's sessions.
 *
 * @param gtidMode MySQL's {@code gtid_mode}; empty on MariaDB
 * @param lowerCaseTableNames 0: names of schemas and tables differ by case; 1: stored in lower
 *     case; 2: compared without case
 * @param logReplicaUpdates whether what the server applies as a replica is in its binary log
 * @param galera whether the server replicates by Galera (wsrep)
 * @param aurora whether the server is an Aurora instance
 * @param storageReadOnly whether the storage engine itself is read-only, as on Aurora's readers
 */
public record ServerInfo(
    Flavour flavour,
    ServerVersion version,
    ServerIdentity identity,
    boolean logBin,
    String gtidMode,
    boolean logReplicaUpdates,
    long maxAllowedPacket,
    boolean localInfile,
    String sqlMode,
    String timeZone,
    String systemTimeZone,
    int lowerCaseTableNames,
    boolean readOnly,
    boolean galera,
    boolean aurora,
    boolean storageReadOnly) {

  private static final String NAMES =
      ServerIdentity.VARIABLES
          + ", 'version', 'version_comment', 'log_bin', 'gtid_mode', 'log_replica_updates',"
          + " 'log_slave_updates', 'max_allowed_packet', 'local_infile', 'sql_mode', 'time_zone',"
          + " 'system_time_zone', 'lower_case_table_names', 'read_only', 'super_read_only',"
          + " 'wsrep_on', 'aurora_version', 'innodb_read_only'";

  static ServerInfo read(Connection connection) throws SQLException {
    Variables variables = Variables.readGlobal(connection, NAMES);
    return new ServerInfo(
        flavour(variables),
        ServerVersion.parse(variables.text("version")),
        identity(variables),
        variables.isOn("log_bin"),
        variables.text("gtid_mode"),
        variables.isOn("log_replica_updates") || variables.isOn("log_slave_updates"),
        variables.number("max_allowed_packet"),
        variables.isOn("local_infile"),
        variables.text("sql_mode"),
        variables.text("time_zone"),
        variables.text("system_time_zone"),
        Math.toIntExact(variables.number("lower_case_table_names")),
        isReadOnly(variables),
        variables.isOn("wsrep_on"),
        variables.has("aurora_server_id") || variables.has("aurora_version"),
        variables.isOn("innodb_read_only"));
  }

  static ServerIdentity readIdentity(Connection connection) throws SQLException {
    return identity(Variables.readGlobal(connection, ServerIdentity.VARIABLES));
  }

  private static ServerIdentity identity(Variables variables) {
    Map<String, String> values = new HashMap<>();
    for (String quoted : ServerIdentity.VARIABLES.split(", ", -1)) {
      String name = quoted.replace("'", "");
      if (variables.has(name)) {
        values.put(name, variables.text(name));
      }
    }
    return new ServerIdentity(values);
  }

  private static Flavour flavour(Variables variables) {
    String described = variables.text("version") + " " + variables.text("version_comment");
    return described.toLowerCase(Locale.ROOT).contains("mariadb") ? Flavour.MARIADB : Flavour.MYSQL;
  }

  // MariaDB 12 has words for read_only (NO_LOCK, NO_LOCK_NO_ADMIN) where others have ON.
  private static boolean isReadOnly(Variables variables) {
    String value = variables.text("read_only");
    return variables.isOn("super_read_only")
        || !(value.isEmpty() || value.equals("0") || value.equalsIgnoreCase("OFF"));
  }

  /** Whether names that differ by case only mean one schema or table. */
  public boolean ignoresCaseOfNames() {
    return lowerCaseTableNames != 0;
  }

  public boolean isMariaDb() {
    return flavour == Flavour.MARIADB;
  }
}
