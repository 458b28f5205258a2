package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a server's users and roles, but for those that belong to the server itself or to who runs
 * it. Two queries for each. Needs SELECT on the schema mysql. Not thread-safe.
 */
final class AccountCatalog {

  private static final int NO_SUCH_USER = 1133;

  private static final Set<String> OF_THE_SERVER =
      Set.of("mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys");

  /** RDS and Aurora, Azure, Google. */
  private static final Pattern OF_THE_CLOUD =
      Pattern.compile(
          "rds(admin|repladmin|topmgr|proxyadmin|_superuser_role)|aws_.+_access|azure_superuser"
              + "|cloudsql.+");

  private static final String NAME = "`(?:[^`]|``)*`(?:@`(?:[^`]|``)*`)?";
  private static final Pattern DEFAULT_ROLE =
      Pattern.compile(" DEFAULT ROLE (" + NAME + "(?:,\\s*" + NAME + ")*)");
  private static final Pattern LOGIN = Pattern.compile(" IDENTIFIED (?:BY|VIA) .*", Pattern.DOTALL);

  private final Connection connection;
  private final Flavour flavour;

  AccountCatalog(Connection connection, Flavour flavour) {
    this.connection = connection;
    this.flavour = flavour;
  }

  /**
   * Reads them.
   *
   * @param notes hears of those that the server does not show
   */
  List<Account> read(Consumer<String> notes) throws SQLException {
    record Name(String user, String host, boolean role) {}
    List<Name> names = new ArrayList<>();
    String role = flavour == Flavour.MARIADB ? "is_role='Y'" : "FALSE";
    Rows.each(
        connection,
        "SELECT User, Host, " + role + " FROM mysql.user ORDER BY 1, 2",
        row -> names.add(new Name(row.getString(1), row.getString(2), row.getBoolean(3))));
    if (flavour == Flavour.MYSQL) {
      // salts are bytes of any kind
      Rows.execute(connection, "SET SESSION print_identified_with_as_hex=1");
    }
    List<Account> accounts = new ArrayList<>();
    for (Name name : names) {
      if (isForeign(name.user())) {
        continue;
      }
      try {
        accounts.add(name.role() ? role(name.user()) : user(name.user(), name.host()));
      } catch (SQLException e) {
        if (e.getErrorCode() != NO_SUCH_USER) {
          throw e;
        }
        // of a host by name, while the server resolves no names: nobody can log in by it
        notes.accept(
            "account " + name.user() + "@" + name.host() + " is out of use and not backed up");
      }
    }
    return accounts;
  }

  private static boolean isForeign(String user) {
    return OF_THE_SERVER.contains(user)
        || OF_THE_CLOUD.matcher(user.toLowerCase(Locale.ROOT)).matches();
  }

  /** A role of MariaDB; those of MySQL are users. */
  private Account role(String role) throws SQLException {
    if (role.equalsIgnoreCase("PUBLIC")) {
      return new Account("PUBLIC", "", grants("PUBLIC"));
    }
    String name = Quoted.identifier(role);
    return new Account(name, "CREATE ROLE " + name, grants(name));
  }

  private Account user(String user, String host) throws SQLException {
    String name = Quoted.identifier(user) + "@" + Quoted.identifier(host);
    String create = Rows.one(connection, "SHOW CREATE USER " + name, row -> row.getString(1));
    List<String> grants = grants(name);
    Optional<Matcher> roles = SqlText.find(create, Quoting.PLAIN, DEFAULT_ROLE);
    if (roles.isEmpty()) {
      return new Account(name, create, grants);
    }
    grants.add("ALTER USER " + name + " DEFAULT ROLE " + roles.get().group(1));
    String without = create.substring(0, roles.get().start()) + create.substring(roles.get().end());
    return new Account(name, without, grants);
  }

  private List<String> grants(String name) throws SQLException {
    List<String> grants = new ArrayList<>();
    Rows.each(
        connection, "SHOW GRANTS FOR " + name, row -> grants.add(withoutLogin(row.getString(1))));
    return grants;
  }

  /** MariaDB repeats it here; the statement that makes the account has it. */
  private static String withoutLogin(String grant) {
    return SqlText.find(grant, Quoting.PLAIN, LOGIN)
        .map(
            login ->
                grant.substring(0, login.start())
                    + (login.group().contains("GRANT OPTION") ? " WITH GRANT OPTION" : ""))
        .orElse(grant);
  }
}
