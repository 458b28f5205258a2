package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes users and roles on a target that are not there. One that is there keeps its password and
 * its rights: it may be who restores. Not thread-safe.
 */
final class AccountMaker {

  private final Connection connection;
  private final Consumer<String> notes;

  /**
   * @param notes hears of what could not be done, which never stops a restore
   */
  AccountMaker(Connection connection, Consumer<String> notes) {
    this.connection = connection;
    this.notes = notes;
  }

  /**
   * Makes those that are not there.
   *
   * @param ledger tells those that an earlier try of this restore has made
   * @return those whose grants are to be given
   */
  List<Account> make(List<Account> accounts, RestoreLedger ledger) throws SQLException {
    List<Account> made = new ArrayList<>();
    List<String> standing = new ArrayList<>();
    for (Account account : accounts) {
      boolean stands = account.create().isEmpty() || exists(account);
      if (stands && (account.create().isEmpty() || ledger.hasAccount(connection, account))) {
        made.add(account);
      } else if (stands) {
        standing.add(account.name());
      } else {
        try {
          ledger.addAccount(connection, account);
          Rows.execute(connection, account.create());
          made.add(account);
        } catch (SQLException e) {
          requireConnection(e);
          notes.accept(
              "account " + account.name() + " could not be made: " + SqlErrors.reasonAndHint(e));
        }
      }
    }
    if (!standing.isEmpty()) {
      notes.accept("left as they are on the target: accounts " + String.join(", ", standing));
    }
    return made;
  }

  /** Over another connection all of it can be done again. */
  private static void requireConnection(SQLException e) throws SQLException {
    if (SqlErrors.isLostConnection(e)) {
      throw e;
    }
  }

  private boolean exists(Account account) throws SQLException {
    return Rows.one(
        connection,
        "SELECT COUNT(*) FROM mysql.user WHERE "
            + Quoted.text(account.name())
            + "=CONCAT('`', REPLACE(User, '`', '``'), '`', IF(Host='', '', CONCAT('@`', Host, '`')))",
        row -> row.getInt(1) > 0);
  }

  /** Gives each what it may do, with schemas under their new names. */
  void grant(List<Account> accounts, Map<String, String> renames) throws SQLException {
    Map<String, String> names = new HashMap<>(renames);
    // as patterns that match nothing but the name
    renames.forEach((from, to) -> names.put(pattern(from), pattern(to)));
    for (Account account : accounts) {
      List<String> failed = new ArrayList<>();
      for (String grant : account.grants()) {
        try {
          Rows.execute(connection, SqlText.renameSchemas(grant, Quoting.PLAIN, names));
        } catch (SQLException e) {
          requireConnection(e);
          failed.add(SqlErrors.reasonAndHint(e));
        }
      }
      if (!failed.isEmpty()) {
        notes.accept(
            failed.size()
                + " of "
                + account.grants().size()
                + " grants could not be given to "
                + account.name()
                + ", the first: "
                + failed.getFirst());
      }
    }
  }

  private static String pattern(String name) {
    return name.replace("_", "\\_").replace("%", "\\%");
  }
}
