package io.varve.mysql;

import io.varve.mysql.MissingPrivilege.Loss;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
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

  /**
   * Those that lack for anything that a restore can make, by what the user has anything on: the
   * server, or some schemas; none where it has no rights at all.
   */
  static Map<String, List<MissingPrivilege>> missingWhereAnyIsHeld(Grants grants, ServerInfo info) {
    Map<String, List<MissingPrivilege>> byScope = new LinkedHashMap<>();
    for (GrantScope scope : grants.scopesOf("CREATE")) {
      RestorePrivileges privileges = new RestorePrivileges(info, grants);
      EnumSet.allOf(RestoreWork.class).forEach(work -> privileges.deduce(work, scope));
      byScope.put(scope.toString(), List.copyOf(privileges.missing));
    }
    return byScope;
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
        "the restoring user stands in for the definers of views, routines, triggers and events",
        Loss.COMFORT);
  }

  /** What it takes to keep a restore out of the binary log. */
  static MissingPrivilege binaryLogOff(ServerInfo info, String account) {
    return new MissingPrivilege(
        info.isMariaDb() ? "BINLOG ADMIN" : "SESSION_VARIABLES_ADMIN",
        GrantScope.SERVER.toString(),
        account,
        "the restore cannot be kept out of the binary log",
        Loss.COMFORT);
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
                privilege,
                scope.toString(),
                grants.account(),
                without(work, scope),
                work == RestoreWork.TABLES_WITHOUT_TRANSACTIONS ? Loss.COMFORT : Loss.RESULT));
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
    return what + " cannot be restored into " + (scope.schema().isEmpty() ? "all" : scope.schema());
  }
}
