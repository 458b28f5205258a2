package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the session's user may do, as {@code SHOW GRANTS} tells: with the roles that are active and,
 * on MariaDB, with what PUBLIC may do. For privileges whose lack the server does not show
 * otherwise: it hides what one may not see.
 */
final class Grants {

  private static final String NAME = "(\\*|`(?:[^`]|``)*`)";
  private static final Pattern LINE =
      Pattern.compile(
          "(GRANT|REVOKE) (.+?) ON (?:TABLE )?" + NAME + "\\." + NAME + " (?:TO|FROM) (.*)");

  private record Entry(Set<String> privileges, GrantScope scope, boolean isOfEverybody) {

    boolean has(String privilege) {
      return privileges.contains(privilege) || privileges.contains("ALL PRIVILEGES");
    }
  }

  private final String account;
  private final List<Entry> granted;
  private final List<Entry> revoked;

  private Grants(String account, List<Entry> granted, List<Entry> revoked) {
    this.account = account;
    this.granted = granted;
    this.revoked = revoked;
  }

  static Grants read(Connection connection) throws SQLException {
    List<Entry> granted = new ArrayList<>();
    List<Entry> revoked = new ArrayList<>();
    Rows.each(
        connection,
        "SHOW GRANTS",
        row -> {
          Matcher line = LINE.matcher(row.getString(1));
          if (line.matches()) {
            Entry entry =
                new Entry(
                    privileges(line.group(2)),
                    new GrantScope(name(line.group(3)), name(line.group(4))),
                    line.group(5).startsWith("PUBLIC"));
            (line.group(1).equals("GRANT") ? granted : revoked).add(entry);
          }
        });
    return new Grants(account(connection), granted, revoked);
  }

  /** The user's account as GRANT wants it: {@code 'backup'@'%'}, whatever host it comes from. */
  static String account(Connection connection) throws SQLException {
    String user = Rows.one(connection, "SELECT CURRENT_USER()", row -> row.getString(1));
    int at = user.lastIndexOf('@');
    return Quoted.text(user.substring(0, at)) + "@" + Quoted.text(user.substring(at + 1));
  }

  String account() {
    return account;
  }

  /** Whether a privilege is held on all of a scope. */
  boolean cover(String privilege, GrantScope scope) {
    return granted.stream()
        .anyMatch(
            entry ->
                entry.has(privilege)
                    && reaches(entry, scope)
                    && !(entry.scope().equals(GrantScope.SERVER) && isRevoked(privilege, scope)));
  }

  /**
   * What a privilege is held on: the server, or some schemas, by their names as patterns. Without
   * what everybody has it on, such as MariaDB's schema {@code test}.
   */
  List<GrantScope> scopesOf(String privilege) {
    return granted.stream()
        .filter(entry -> !entry.isOfEverybody())
        .filter(entry -> entry.has(privilege) && entry.scope().table().isEmpty())
        .map(Entry::scope)
        .distinct()
        .toList();
  }

  /** MySQL's partial revokes take a schema out of what was granted on the server. */
  private boolean isRevoked(String privilege, GrantScope scope) {
    return revoked.stream().anyMatch(entry -> entry.has(privilege) && reaches(entry, scope));
  }

  private static boolean reaches(Entry entry, GrantScope scope) {
    GrantScope own = entry.scope();
    return own.schema().isEmpty()
        || (isLike(scope.schema(), own.schema())
            && (own.table().isEmpty() || own.table().equals(scope.table())));
  }

  /** Names of schemas are patterns there, with {@code _} and {@code %} as in LIKE. */
  private static boolean isLike(String name, String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char at = pattern.charAt(i);
      if (at == '\\' && i + 1 < pattern.length()) {
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
      } else {
        regex.append(
            switch (at) {
              case '_' -> ".";
              case '%' -> ".*";
              default -> Pattern.quote(String.valueOf(at));
            });
      }
    }
    return name.matches(regex.toString());
  }

  private static Set<String> privileges(String list) {
    return SqlText.splitAtCommas(list).stream()
        .map(item -> item.strip().toUpperCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  private static String name(String quoted) {
    return quoted.equals("*") ? "" : quoted.substring(1, quoted.length() - 1).replace("``", "`");
  }
}
