package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which privileges a restore needs, and which of them its user lacks. Deduced from {@link Grants}
 * alone, for trying them out would make something. Not thread-safe.
 */
final class RestorePrivileges {

  private final ServerInfo info;
  private final Grants grants;
  private final List<MissingPrivilege> missing = new ArrayList<>();

  private RestorePrivileges(ServerInfo info, Grants grants) {
    this.info = info;
    this.grants = grants;
  }

  /**
   * Those that lack.
   *
   * @param work what is made in each schema, by its name on the target
   */
  static List<MissingPrivilege> missing(
      Connection connection, ServerInfo info, Map<String, Set<RestoreWork>> work)
      throws SQLException {
    RestorePrivileges privileges = new RestorePrivileges(info, Grants.read(connection));
    work.forEach(
        (schema, kinds) -> kinds.forEach(kind -> privileges.deduce(kind, GrantScope.of(schema))));
    return List.copyOf(privileges.missing);
  }

  /** What it takes to make objects for other definers than the restoring user. */
  static MissingPrivilege definers(ServerInfo info, String account) {
    String privilege =
        info.isMariaDb()
            ? "SET USER"
            : info.version().isAtLeast(8, 2, 0) ? "SET_ANY_DEFINER" : "SET_USER_ID";
    return new MissingPrivilege(
        privilege,
        GrantScope.SERVER.toString(),
        account,
        "the restoring user stands in for the definers of views, routines, triggers and events");
  }

  /** What it takes to keep a restore out of the binary log. */
  static MissingPrivilege binaryLogOff(ServerInfo info, String account) {
    return new MissingPrivilege(
        info.isMariaDb() ? "BINLOG ADMIN" : "SESSION_VARIABLES_ADMIN",
        GrantScope.SERVER.toString(),
        account,
        "the restore cannot be kept out of the binary log");
  }

  private void deduce(RestoreWork work, GrantScope scope) {
    List<String> needed =
        switch (work) {
          case TABLES -> List.of("SELECT", "INSERT", "CREATE", "DROP", "ALTER");
          case TABLES_WITHOUT_TRANSACTIONS -> List.of("DELETE");
          case FOREIGN_KEYS -> info.isMariaDb() ? List.of() : List.of("REFERENCES");
          case VIEWS -> List.of("CREATE VIEW");
          case ROUTINES -> List.of("CREATE ROUTINE", "ALTER ROUTINE");
          case TRIGGERS -> List.of("TRIGGER");
          case EVENTS -> List.of("EVENT");
        };
    for (String privilege : needed) {
      if (!grants.cover(privilege, scope)) {
        missing.add(
            new MissingPrivilege(
                privilege, scope.toString(), grants.account(), without(work, scope)));
      }
    }
  }

  private static String without(RestoreWork work, GrantScope scope) {
    String what =
        switch (work) {
          case TABLES -> "tables";
          case TABLES_WITHOUT_TRANSACTIONS -> "tables of engines without transactions";
          case FOREIGN_KEYS -> "foreign keys";
          case VIEWS -> "views";
          case ROUTINES -> "functions and procedures";
          case TRIGGERS -> "triggers";
          case EVENTS -> "events";
        };
    return what + " cannot be restored into " + scope.schema();
  }
}
