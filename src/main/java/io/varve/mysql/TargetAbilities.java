package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * What a server and its user let a restore do, found out without making anything.
 *
 * @param missing privileges that lack, by the scope on which the user may make tables, as its
 *     grants tell
 * @param trustsCreators whether this user may make functions and triggers in spite of the binary
 *     log
 * @param keepsDefiners whether objects can be made for other definers than this user
 * @param canSkipBinaryLog whether {@code sql_log_bin} can be set, tried out
 * @param knowsTimeZones whether the server knows zones by name, as events may have them
 * @param addsKeys whether tables without a key get one, which this user cannot switch off
 */
public record TargetAbilities(
    Map<String, List<MissingPrivilege>> missing,
    boolean trustsCreators,
    boolean keepsDefiners,
    boolean canSkipBinaryLog,
    boolean knowsTimeZones,
    boolean addsKeys) {

  static TargetAbilities read(Connection connection, ServerInfo info) throws SQLException {
    Grants grants = Grants.read(connection);
    return new TargetAbilities(
        RestorePrivileges.missingWhereAnyIsHeld(grants, info),
        !info.logBin()
            || isOn(connection, "GLOBAL", "log_bin_trust_function_creators")
            || isSuper(grants),
        isSuper(grants)
            || grants.cover(
                RestorePrivileges.definers(info, grants.account()).privilege(), GrantScope.SERVER),
        canSkipBinaryLog(connection),
        Rows.one(
            connection,
            "SELECT CONVERT_TZ('2026-01-01', 'UTC', 'Europe/Paris') IS NOT NULL",
            row -> row.getBoolean(1)),
        isOn(connection, "SESSION", "sql_generate_invisible_primary_key"));
  }

  private static boolean isSuper(Grants grants) {
    return grants.cover("SUPER", GrantScope.SERVER);
  }

  private static boolean canSkipBinaryLog(Connection connection) {
    try {
      Rows.execute(connection, "SET SESSION sql_log_bin = @@SESSION.sql_log_bin");
      return true;
    } catch (SQLException notAllowed) {
      return false;
    }
  }

  /** A variable that the server does not have is off. */
  private static boolean isOn(Connection connection, String scope, String variable)
      throws SQLException {
    boolean[] on = {false};
    Rows.each(
        connection,
        "SHOW " + scope + " VARIABLES LIKE '" + variable + "'",
        row -> on[0] = row.getString(2).equalsIgnoreCase("ON"));
    return on[0];
  }
}
