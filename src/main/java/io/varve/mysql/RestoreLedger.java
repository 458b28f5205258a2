package io.varve.mysql;

import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a restore has done so far, kept in a table of the target: a row for each table made and for
 * each part loaded. A part and its row are one transaction, so a restore that was killed and is
 * started again loads each part once. One with a limit of time also notes what {@link LedgerNote}
 * has.
 */
final class RestoreLedger {

  static final String TABLE = "varve_restore_ledger";
  private static final int DUPLICATE = 1062;
  private static final int NOTES_A_STATEMENT = 500;

  private final TableName name;

  /**
   * @param schema of the target in which the ledger lies
   */
  RestoreLedger(String schema) {
    this.name = new TableName(schema, TABLE);
  }

  /** What the restore that left a ledger here was; empty where there is none. */
  Optional<String> binding(Connection connection) throws SQLException {
    boolean exists =
        Rows.one(
            connection,
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA="
                + Quoted.text(name.schema())
                + " AND TABLE_NAME="
                + Quoted.text(name.table()),
            row -> row.getInt(1) > 0);
    if (!exists) {
      return Optional.empty();
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT detail FROM " + name.quoted() + " WHERE kind='restore'")) {
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  /** Makes the ledger and binds it to one restore; what another has left in it is forgotten. */
  void create(Connection connection, String binding) throws SQLException {
    Rows.execute(
        connection,
        "CREATE TABLE IF NOT EXISTS "
            + name.quoted()
            + " (kind VARCHAR(10) NOT NULL, item CHAR(64) NOT NULL, detail MEDIUMTEXT NOT NULL,"
            + " PRIMARY KEY (kind, item)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
            + " COMMENT='written by varve restore, dropped when it is done'");
    if (!binding.equals(binding(connection).orElse(binding))) {
      Rows.execute(connection, "DELETE FROM " + name.quoted());
    }
    insert(connection, "restore", "restore", binding);
  }

  boolean hasTable(Connection connection, TableName table) throws SQLException {
    return has(connection, "table", table.toString());
  }

  void addTable(Connection connection, TableName table) throws SQLException {
    insert(connection, "table", table.toString(), table.toString());
  }

  boolean hasAccount(Connection connection, Account account) throws SQLException {
    return has(connection, "account", account.name());
  }

  void addAccount(Connection connection, Account account) throws SQLException {
    insert(connection, "account", account.name(), account.name());
  }

  boolean hasPart(Connection connection, TableName table, int part) throws SQLException {
    return has(connection, "part", part(table, part));
  }

  /**
   * Adds a part's row to the open transaction.
   *
   * @return false if it is there already: the part is loaded
   */
  boolean addPart(Connection connection, TableName table, int part) throws SQLException {
    return insert(connection, "part", part(table, part), table + " part " + part);
  }

  int partsOf(Connection connection, TableName table, int parts) throws SQLException {
    int present = 0;
    for (int part = 0; part < parts; part++) {
      if (hasPart(connection, table, part)) {
        present++;
      }
    }
    return present;
  }

  void forgetParts(Connection connection, TableName table, int parts) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + name.quoted() + " WHERE kind='part' AND item=?")) {
      for (int part = 0; part < parts; part++) {
        delete.setString(1, hash(part(table, part)));
        delete.executeUpdate();
      }
    }
  }

  /** All notes of a kind. */
  Set<String> noted(Connection connection, LedgerNote note) throws SQLException {
    Set<String> noted = new HashSet<>();
    Rows.each(
        connection,
        "SELECT detail FROM " + name.quoted() + " WHERE kind=" + Quoted.text(note.kind()),
        row -> noted.add(row.getString(1)));
    return noted;
  }

  /** Adds notes, unless they are there. */
  void note(Connection connection, LedgerNote note, Collection<String> details)
      throws SQLException {
    List<String> all = List.copyOf(details);
    for (int from = 0; from < all.size(); from += NOTES_A_STATEMENT) {
      List<String> some = all.subList(from, Math.min(all.size(), from + NOTES_A_STATEMENT));
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT IGNORE INTO "
                  + name.quoted()
                  + " VALUES "
                  + String.join(", ", Collections.nCopies(some.size(), "(?, ?, ?)")))) {
        int parameter = 0;
        for (String detail : some) {
          insert.setString(++parameter, note.kind());
          insert.setString(++parameter, hash(detail));
          insert.setString(++parameter, detail);
        }
        insert.executeUpdate();
      }
    }
  }

  void forget(Connection connection, LedgerNote note) throws SQLException {
    Rows.execute(
        connection, "DELETE FROM " + name.quoted() + " WHERE kind=" + Quoted.text(note.kind()));
  }

  void drop(Connection connection) throws SQLException {
    Rows.execute(connection, "DROP TABLE IF EXISTS " + name.quoted());
  }

  private static String part(TableName table, int part) {
    return table + "\0" + part;
  }

  private boolean has(Connection connection, String kind, String item) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM " + name.quoted() + " WHERE kind=? AND item=?")) {
      select.setString(1, kind);
      select.setString(2, hash(item));
      try (ResultSet rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  private boolean insert(Connection connection, String kind, String item, String detail)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + name.quoted() + " VALUES (?, ?, ?)")) {
      insert.setString(1, kind);
      insert.setString(2, hash(item));
      insert.setString(3, detail);
      insert.executeUpdate();
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() == DUPLICATE) {
        return false;
      }
      throw e;
    }
  }

  /** Names are longer than a key may be. */
  private static String hash(String item) {
    return HexFormat.of().formatHex(Sha256.of(item.getBytes(StandardCharsets.UTF_8)));
  }
}
