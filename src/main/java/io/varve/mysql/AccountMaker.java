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
  private final RestoreLedger ledger;
  private final Consumer<String> notes;

  /**
   * @param ledger tells those that an earlier try of this restore has made
   * @param notes hears of what could not be done, which never stops a restore
   */
  AccountMaker(Connection connection, RestoreLedger ledger, Consumer<String> notes) {
    this.connection = connection;
    this.ledger = ledger;
    this.notes = notes;
  }

  /**
   * Makes those that are not there.
   *
   * @return those whose grants are to be given
   */
  List<Account> make(List<Account> accounts) throws SQLException {
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

  private boolean exists(Account account) throws SQLException {
    return Rows.one(
        connection,
        "SELECT COUNT(*) FROM mysql.user WHERE "
            + Quoted.text(account.name())
            + "=CONCAT('`', REPLACE(User, '`', '``'), '`', IF(Host='', '', CONCAT('@`', Host, '`')))",
        row -> row.getInt(1) > 0);
  }

  /** Gives each what it may do, with schemas under their new names. */
  void grant(List<Account> accounts, Map<String, String> renames) {
    Map<String, String> names = new HashMap<>(renames);
    // as patterns that match nothing but the name
    renames.forEach((from, to) -> names.put(pattern(from), pattern(to)));
    for (Account account : accounts) {
      List<String> failed = new ArrayList<>();
      for (String grant : account.grants()) {
        try {
          Rows.execute(connection, SqlText.renameSchemas(grant, Quoting.PLAIN, names));
        } catch (SQLException e) {
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
