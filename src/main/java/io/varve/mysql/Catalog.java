package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is on a server: schemas, tables, and the statements that make them. A few queries for
 * all tables and one SHOW CREATE for each. Not thread-safe.
 *
 * @param schemas by name
 * @param tables by name
 * @param sequences their names; {@link #withSequences} reads them
 * @param notes what is there and not taken, for people
 */
public record Catalog(
    List<SchemaDefinition> schemas,
    List<SourceTable> tables,
    List<TableName> sequences,
    List<String> notes) {

  /** Reads all that is selected. */
  static Catalog read(Connection connection, TableSelection selection) throws SQLException {
    return new Reader(connection, selection).read();
  }

  /** The tables that have rows of their own to read. */
  public List<TableName> withRows() {
    return tables.stream()
        .filter(table -> !table.definition().definitionOnly())
        .map(SourceTable::name)
        .toList();
  }

  /** The same without the tables that are not among some. */
  public Catalog only(Set<TableName> names) {
    return new Catalog(
        schemas,
        tables.stream().filter(table -> names.contains(table.name())).toList(),
        sequences,
        notes);
  }

  /**
   * Reads the sequences too, their definitions and their values. For after the snapshot was opened:
   * so the values are not behind its rows.
   */
  Catalog withSequences(Connection connection) throws SQLException {
    Map<String, List<Sequence>> read = new TreeMap<>();
    for (TableName name : sequences) {
      read.computeIfAbsent(name.schema(), schema -> new ArrayList<>())
          .add(sequence(connection, name));
    }
    List<String> more = new ArrayList<>(notes);
    sequences.forEach(
        name ->
            more.add(
                "sequence "
                    + name
                    + " is not transactional: its value is of a moment after"
                    + " the snapshot was opened"));
    return new Catalog(
        schemas.stream()
            .map(schema -> schema.withSequences(read.getOrDefault(schema.name(), List.of())))
            .toList(),
        tables,
        sequences,
        List.copyOf(more));
  }

  private static Sequence sequence(Connection connection, TableName name) throws SQLException {
    String create =
        Rows.one(connection, "SHOW CREATE SEQUENCE " + name.quoted(), row -> row.getString(2));
    return Rows.one(
        connection,
        "SELECT next_not_cached_value, cycle_count FROM " + name.quoted(),
        row -> new Sequence(name.table(), create, row.getString(1), row.getString(2)));
  }

  private static final String ROW_START = "row_start";
  private static final String ROW_END = "row_end";

  private record TableRow(TableName name, String type, String engine, long rows, long bytes) {

    boolean isVersioned() {
      return type.equals("SYSTEM VERSIONED");
    }
  }

  private record Key(String name, List<String> columns) {}

  private static final class Reader {

    private final Connection connection;
    private final TableSelection selection;
    private final String schemas;
    private final List<String> notes = new ArrayList<>();
    private final List<TableName> sequences = new ArrayList<>();
    private final Set<TableName> namedPeriods = new HashSet<>();

    Reader(Connection connection, TableSelection selection) throws SQLException {
      this.connection = connection;
      this.selection = selection;
      this.schemas = selection.schemaCondition(connection);
    }

    Catalog read() throws SQLException {
      Map<TableName, TableRow> rows = readTableRows();
      Map<TableName, List<Column>> columns = new TreeMap<>();
      Map<TableName, String> autoIncrement = new TreeMap<>();
      readColumns(rows, columns, autoIncrement);
      addPeriods(rows, columns);
      Map<TableName, List<Key>> usableKeys = new TreeMap<>();
      Map<TableName, List<Key>> keys = new TreeMap<>();
      readKeys(rows, columns, usableKeys, keys);
      List<SourceTable> tables = new ArrayList<>();
      for (TableRow row : rows.values()) {
        if (row.type().equals("VIEW")) {
          continue;
        }
        tables.add(
            table(
                row,
                columns.getOrDefault(row.name(), List.of()),
                usableKeys.getOrDefault(row.name(), List.of()),
                keys.getOrDefault(row.name(), List.of()),
                autoIncrement.get(row.name())));
      }
      return new Catalog(
          new SchemaCatalog(connection, selection, notes)
              .read(tables.stream().map(SourceTable::name).toList(), views(rows), sequences),
          tables,
          List.copyOf(sequences),
          List.copyOf(notes));
    }

    private static List<TableName> views(Map<TableName, TableRow> rows) {
      return rows.values().stream()
          .filter(row -> row.type().equals("VIEW"))
          .map(TableRow::name)
          .toList();
    }

    private Map<TableName, TableRow> readTableRows() throws SQLException {
      Map<TableName, TableRow> rows = new TreeMap<>();
      Rows.each(
          connection,
          "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH"
              + " FROM information_schema.TABLES WHERE "
              + schemas,
          row -> {
            TableName name = new TableName(row.getString(1), row.getString(2));
            String type = row.getString(3);
            if (!selection.selects(name)) {
              return;
            }
            if (type.equals("SEQUENCE")) {
              sequences.add(name);
              return;
            }
            String engine = row.getString(4) == null ? "" : row.getString(4);
            rows.put(name, new TableRow(name, type, engine, row.getLong(5), row.getLong(6)));
          });
      return rows;
    }

    private void readColumns(
        Map<TableName, TableRow> tables,
        Map<TableName, List<Column>> columns,
        Map<TableName, String> autoIncrement)
        throws SQLException {
      Rows.each(
          connection,
          "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE,"
              + " CHARACTER_SET_NAME, COLLATION_NAME, CHARACTER_OCTET_LENGTH, EXTRA,"
              + " GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE "
              + schemas
              + " ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION",
          row -> {
            TableName table = new TableName(row.getString(1), row.getString(2));
            TableRow found = tables.get(table);
            if (found == null || found.type().equals("VIEW")) {
              return;
            }
            String name = row.getString(3);
            String generation = row.getString(10);
            if (isPeriod(generation)) {
              requireTimes(table, name, row.getString(4));
              namedPeriods.add(table);
            } else if (generation != null && !generation.isEmpty()) {
              return;
            }
            if (row.getString(9).contains("auto_increment")) {
              autoIncrement.put(table, name);
            }
            ColumnEncoding encoding =
                ColumnEncoding.of(table, name, row.getString(4), row.getString(5), row.getLong(8));
            columns
                .computeIfAbsent(table, t -> new ArrayList<>())
                .add(
                    new Column(
                        name, row.getString(5), row.getString(6), row.getString(7), encoding));
          });
    }

    private static boolean isPeriod(@Nullable String generation) {
      return "ROW START".equals(generation) || "ROW END".equals(generation);
    }

    /** A transaction's number means something on its own server only. */
    private static void requireTimes(TableName table, String column, String dataType) {
      if (!dataType.equals("timestamp")) {
        throw new InvalidRequestException(
            "back up",
            "table " + table,
            "its history is by transaction, not by time (column " + column + ")",
            "Exclude it, or give it a history by TIMESTAMP(6).");
      }
    }

    /** Where nobody has named them, the columns of the period are there and not listed. */
    private void addPeriods(Map<TableName, TableRow> tables, Map<TableName, List<Column>> columns) {
      tables.values().stream()
          .filter(table -> isUnnamedPeriod(table.name(), tables))
          .forEach(
              table -> {
                List<Column> listed = columns.computeIfAbsent(table.name(), t -> new ArrayList<>());
                for (String name : List.of(ROW_START, ROW_END)) {
                  listed.add(new Column(name, "timestamp(6)", null, null, ColumnEncoding.TEMPORAL));
                }
              });
    }

    private boolean isUnnamedPeriod(TableName name, Map<TableName, TableRow> tables) {
      TableRow table = tables.get(name);
      return table != null && table.isVersioned() && !namedPeriods.contains(name);
    }

    private void readKeys(
        Map<TableName, TableRow> tables,
        Map<TableName, List<Column>> columns,
        Map<TableName, List<Key>> usable,
        Map<TableName, List<Key>> all)
        throws SQLException {
      Map<TableName, Map<String, List<String>>> parts = new TreeMap<>();
      Map<TableName, Set<String>> unfit = new TreeMap<>();
      Rows.each(
          connection,
          "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, NON_UNIQUE, NULLABLE, SUB_PART,"
              + " INDEX_TYPE FROM information_schema.STATISTICS WHERE "
              + schemas
              + " ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
          row -> {
            TableName table = new TableName(row.getString(1), row.getString(2));
            if (!tables.containsKey(table)) {
              return;
            }
            String index = row.getString(3);
            String column = row.getString(4); // NULL where the key part is an expression
            parts
                .computeIfAbsent(table, t -> new LinkedHashMap<>())
                .computeIfAbsent(index, i -> new ArrayList<>())
                .add(column == null ? "" : column);
            boolean fit =
                column != null
                    && row.getInt(5) == 0
                    && !"YES".equals(row.getString(6))
                    && row.getString(7) == null
                    && "BTREE".equals(row.getString(8))
                    && columns.getOrDefault(table, List.of()).stream()
                        .anyMatch(c -> c.name().equals(column) && c.encoding().orders());
            if (!fit) {
              unfit.computeIfAbsent(table, t -> new HashSet<>()).add(index);
            }
          });
      parts.forEach(
          (table, indexes) ->
              indexes.forEach(
                  (index, names) -> {
                    if (isUnnamedPeriod(table, tables)) {
                      names.add(ROW_END); // what was unique is so at each time
                    }
                    Key key = new Key(index, names);
                    all.computeIfAbsent(table, t -> new ArrayList<>()).add(key);
                    if (!unfit.getOrDefault(table, Set.of()).contains(index)) {
                      usable.computeIfAbsent(table, t -> new ArrayList<>()).add(key);
                    }
                  }));
    }

    private SourceTable table(
        TableRow row,
        List<Column> columns,
        List<Key> usableKeys,
        List<Key> keys,
        @Nullable String autoIncrement)
        throws SQLException {
      if (columns.isEmpty()) {
        throw SqlErrors.hidden("columns of table " + row.name() + " that are not generated");
      }
      Key rangeKey =
          usableKeys.stream()
              .min(
                  Comparator.comparing((Key key) -> !key.name().equals("PRIMARY"))
                      .thenComparing(key -> key.columns().size())
                      .thenComparing(Key::name))
              .orElse(new Key("", List.of()));
      Set<String> kept = new HashSet<>();
      kept.add(rangeKey.name());
      keys.stream()
          .filter(
              key ->
                  key.columns().getFirst().equals(autoIncrement)
                      || TableDefinition.keepsNoRows(row.engine()))
          .map(Key::name)
          .forEach(kept::add);
      CreateTable create = CreateTable.split(showCreateTable(row.name()), kept);
      return new SourceTable(
          new TableDefinition(
              row.name(),
              row.engine(),
              row.isVersioned() ? true : null,
              List.copyOf(columns),
              List.copyOf(rangeKey.columns()),
              rangeKey.name(),
              create.beforeLoad(),
              create.indexes(),
              create.foreignKeys()),
          row.rows(),
          row.bytes());
    }

    private String showCreateTable(TableName table) throws SQLException {
      return Rows.one(connection, "SHOW CREATE TABLE " + table.quoted(), row -> row.getString(2));
    }
  }
}
