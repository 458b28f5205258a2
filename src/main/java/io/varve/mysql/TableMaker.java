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
   * @throws io.varve.InvalidRequestException if a table stands there that this restore has not
   *     made, and it is not to be replaced
   */
  public void create(TableDefinition table, ExistingTable existing) {
    guarded(
        "create",
        "table " + table.name(),
        () -> {
          if (!standsByThisRestore(table.name(), existing)) {
            connection.setCatalog(table.name().schema());
            Rows.execute(connection, SqlText.renameSchemas(table.create(), Quoting.PLAIN, renames));
          }
        });
  }

  /** Makes a sequence that goes on where the source's was; as a table, in whose namespace it is. */
  public void create(Sequence sequence, TableName name, ExistingTable existing) {
    guarded(
        "create",
        "sequence " + name,
        () -> {
          if (!standsByThisRestore(name, existing)) {
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
   * Makes the indexes of a table that are missing: all in one statement, so that its rows are read
   * once; a FULLTEXT index needs one of its own.
   */
  public void createIndexes(TableDefinition table) {
    addMissing(table, table.indexes(), CreateTable::indexes, "indexes");
  }

  /** Makes the foreign keys of a table that are missing. */
  public void createForeignKeys(TableDefinition table) {
    addMissing(table, table.foreignKeys(), CreateTable::foreignKeys, "foreign keys");
  }

  // An index and a foreign key may have one name: the server names the index of a foreign key so.
  private void addMissing(
      TableDefinition table,
      List<String> wanted,
      Function<CreateTable, List<String>> kind,
      String what) {
    if (wanted.isEmpty()) {
      return;
    }
    guarded(
        "create the " + what + " of",
        "table " + table.name(),
        () -> {
          connection.setCatalog(table.name().schema());
          String shown =
              Rows.one(
                  connection,
                  "SHOW CREATE TABLE " + table.name().quoted(),
                  row -> row.getString(2));
          Set<String> present = CreateTable.names(kind.apply(CreateTable.split(shown, Set.of())));
          List<String> missing =
              wanted.stream()
                  .map(item -> SqlText.renameSchemas(item, Quoting.PLAIN, renames))
                  .filter(item -> !present.contains(CreateTable.name(item)))
                  .toList();
          for (List<String> together : statements(missing)) {
            Rows.execute(
                connection,
                "ALTER TABLE " + table.name().quoted() + " ADD " + String.join(", ADD ", together));
          }
        });
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
