package io.varve.mysql;

import io.varve.mysql.Target.ExistingTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes tables and sequences on a target, before the load and after it. One connection; not
 * thread-safe, but several may work side by side. Everything is looked up first, so that each step
 * can be done again.
 */
public final class TableMaker implements AutoCloseable {

  private static final int DUPLICATE_KEY_NAME = 1061;

  private final Connection connection;
  private final String address;
  private final RestoreLedger ledger;
  private final Map<String, String> renames;

  TableMaker(
      Connection connection, String address, RestoreLedger ledger, Map<String, String> renames) {
    this.connection = connection;
    this.address = address;
    this.ledger = ledger;
    this.renames = renames;
  }

  /**
   * Makes a table without what comes after the load, unless this restore has made it before. The
   * ledger's note comes first, so that no table of its own is ever taken for a stranger's.
   *
   * @return false if this restore has made it before
   * @throws io.varve.InvalidRequestException if a table stands there that this restore has not
   *     made, and it is not to be replaced
   */
  public boolean create(TableDefinition table, ExistingTable existing) {
    return GuardedSql.call(
        "create",
        "table " + table.name() + " on " + address,
        () -> {
          if (standsByThisRestore(table.name(), existing)) {
            return false;
          }
          connection.setCatalog(table.name().schema());
          Rows.execute(connection, SqlText.renameSchemas(table.create(), Quoting.PLAIN, renames));
          return true;
        });
  }

  /**
   * Makes a sequence that goes on where the source's was; as a table, in whose namespace it is.
   *
   * @return false if this restore has made it before
   */
  public boolean create(Sequence sequence, TableName name, ExistingTable existing) {
    return GuardedSql.call(
        "create",
        "sequence " + name + " on " + address,
        () -> {
          boolean stands = standsByThisRestore(name, existing);
          if (!stands) {
            connection.setCatalog(name.schema());
            Rows.execute(connection, sequence.create());
          }
          // SETVAL does not go back, which RESTART and cycles on the source have done
          String rest =
              Rows.one(
                  connection,
                  "SELECT CONCAT_WS(',', minimum_value, maximum_value, start_value, increment,"
                      + " cache_size, cycle_option) FROM "
                      + name.quoted(),
                  row -> row.getString(1));
          Rows.execute(
              connection,
              "INSERT INTO "
                  + name.quoted()
                  + " VALUES ("
                  + String.join(",", sequence.nextValue(), rest, sequence.cycleCount())
                  + ")");
          return !stands;
        });
  }

  private boolean standsByThisRestore(TableName name, ExistingTable existing) throws SQLException {
    boolean stands = stands(name);
    if (!ledger.hasTable(connection, name)) {
      if (stands) {
        existing.meet(connection, name, address);
        stands = false;
      }
      ledger.addTable(connection, name);
    } else if (!stands) {
      // somebody has taken it away since, or it was never made: nothing in it is verified
      ledger.forget(connection, LedgerNote.VERIFIED);
    }
    return stands;
  }

  private boolean stands(TableName table) throws SQLException {
    return Rows.one(
        connection,
        "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA="
            + Quoted.text(table.schema())
            + " AND TABLE_NAME="
            + Quoted.text(table.table()),
        row -> row.getInt(1) > 0);
  }

  /**
   * The indexes of a table that are missing, by statements that make them: all in one, so that its
   * rows are read once; a FULLTEXT index needs one of its own.
   */
  public List<List<String>> missingIndexes(TableDefinition table) {
    return GuardedSql.call(
        "look for the indexes of",
        "table " + table.name() + " on " + address,
        () -> statements(missing(table, table.indexes(), CreateTable::indexes)));
  }

  /**
   * Makes some of the missing indexes of a table, in one statement. It lasts as long as it lasts.
   */
  public void createIndexes(TableDefinition table, List<String> together) {
    guarded(
        "create the indexes of",
        "table " + table.name(),
        () -> {
          try {
            add(table, together);
          } catch (SQLException e) {
            // the statement of an earlier call was still at work when these were looked for
            if (e.getErrorCode() != DUPLICATE_KEY_NAME || !areThere(table, together)) {
              throw e;
            }
          }
        });
  }

  private boolean areThere(TableDefinition table, List<String> indexes) throws SQLException {
    return missing(table, indexes, CreateTable::indexes).isEmpty();
  }

  /**
   * Makes the foreign keys of a table that are missing, in one statement.
   *
   * @return false if none is
   */
  public boolean createForeignKeys(TableDefinition table) {
    if (table.foreignKeys().isEmpty()) {
      return false;
    }
    return GuardedSql.call(
        "create the foreign keys of",
        "table " + table.name() + " on " + address,
        () -> {
          List<String> missing = missing(table, table.foreignKeys(), CreateTable::foreignKeys);
          if (!missing.isEmpty()) {
            add(table, missing);
          }
          return !missing.isEmpty();
        });
  }

  // An index and a foreign key may have one name: the server names the index of a foreign key so.
  private List<String> missing(
      TableDefinition table, List<String> wanted, Function<CreateTable, List<String>> kind)
      throws SQLException {
    String shown =
        Rows.one(connection, "SHOW CREATE TABLE " + table.name().quoted(), row -> row.getString(2));
    Set<String> present = CreateTable.names(kind.apply(CreateTable.split(shown, Set.of())));
    return wanted.stream()
        .map(item -> SqlText.renameSchemas(item, Quoting.PLAIN, renames))
        .filter(item -> !present.contains(CreateTable.name(item)))
        .toList();
  }

  private void add(TableDefinition table, List<String> items) throws SQLException {
    connection.setCatalog(table.name().schema());
    Rows.execute(
        connection,
        "ALTER TABLE " + table.name().quoted() + " ADD " + String.join(", ADD ", items));
  }

  private static List<List<String>> statements(List<String> items) {
    List<List<String>> statements = new ArrayList<>();
    List<String> together = items.stream().filter(i -> !CreateTable.isFulltext(i)).toList();
    if (!together.isEmpty()) {
      statements.add(together);
    }
    items.stream().filter(CreateTable::isFulltext).map(List::of).forEach(statements::add);
    return statements;
  }

  private void guarded(String doing, String subject, GuardedSql.Action action) {
    GuardedSql.run(doing, subject + " on " + address, action);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException alreadyGone) {
      // nothing is open in it
    }
  }
}
