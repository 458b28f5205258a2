package io.varve.mysql;

import io.varve.mysql.SchemaObject.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads schemas and what lives in them beside tables. Not thread-safe; for one reading. */
final class SchemaCatalog {

  private static final int INVALID_VIEW = 1356;

  private final Connection connection;
  private final TableSelection selection;
  private final List<String> notes;
  private final Map<String, List<SchemaObject>> objects = new TreeMap<>();

  /** Adds to the notes what is there and not taken. */
  SchemaCatalog(Connection connection, TableSelection selection, List<String> notes) {
    this.connection = connection;
    this.selection = selection;
    this.notes = notes;
  }

  /** The selected schemas, with their routines and events, and with the given tables' triggers. */
  List<SchemaDefinition> read(
      Collection<TableName> tables, Collection<TableName> views, Collection<TableName> sequences)
      throws SQLException {
    readRoutines();
    for (TableName view : views) {
      add(Kind.VIEW, view, "");
    }
    readTriggers(new HashSet<>(tables));
    readEvents();
    Set<String> inUse = new HashSet<>(objects.keySet());
    tables.forEach(table -> inUse.add(table.schema()));
    sequences.forEach(sequence -> inUse.add(sequence.schema()));
    List<SchemaDefinition> schemas = new ArrayList<>();
    Rows.each(
        connection,
        "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME"
            + " FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME, HEX(SCHEMA_NAME)",
        row -> {
          String name = row.getString(1);
          if (inUse.contains(name) || selection.selectsSchema(name)) {
            schemas.add(
                new SchemaDefinition(
                    name,
                    row.getString(2),
                    row.getString(3),
                    List.of(), // read when a snapshot is open: see Catalog.withSequences
                    List.copyOf(objects.getOrDefault(name, List.of()))));
          }
        });
    return schemas;
  }

  private void readRoutines() throws SQLException {
    List<TableName> functions = new ArrayList<>();
    List<TableName> procedures = new ArrayList<>();
    Rows.each(
        connection,
        "SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME FROM information_schema.ROUTINES"
            + " ORDER BY ROUTINE_SCHEMA, ROUTINE_NAME",
        row -> {
          TableName name = new TableName(row.getString(2), row.getString(3));
          if (selection.selects(name)) {
            switch (row.getString(1)) {
              case "FUNCTION" -> functions.add(name);
              case "PROCEDURE" -> procedures.add(name);
              default ->
                  notes.add(
                      row.getString(1).toLowerCase(Locale.ROOT) + " " + name + " is not backed up");
            }
          }
        });
    for (TableName function : functions) {
      add(Kind.FUNCTION, function, "");
    }
    for (TableName procedure : procedures) {
      add(Kind.PROCEDURE, procedure, "");
    }
  }

  private void readTriggers(Set<TableName> tables) throws SQLException {
    record Trigger(TableName name, String table) {}
    List<Trigger> triggers = new ArrayList<>();
    Rows.each(
        connection,
        "SELECT TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS"
            + " ORDER BY TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION,"
            + " ACTION_ORDER",
        row -> {
          String schema = row.getString(1);
          if (tables.contains(new TableName(schema, row.getString(3)))) {
            triggers.add(new Trigger(new TableName(schema, row.getString(2)), row.getString(3)));
          }
        });
    for (Trigger trigger : triggers) {
      add(Kind.TRIGGER, trigger.name(), trigger.table());
    }
  }

  private void readEvents() throws SQLException {
    List<TableName> events = new ArrayList<>();
    Rows.each(
        connection,
        "SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS"
            + " ORDER BY EVENT_SCHEMA, EVENT_NAME",
        row -> events.add(new TableName(row.getString(1), row.getString(2))));
    for (TableName event : events) {
      if (selection.selects(event)) {
        add(Kind.EVENT, event, "");
      }
    }
  }

  private void add(Kind kind, TableName name, String table) throws SQLException {
    // from inside its schema, so that the server leaves the schema's name out of a view's text
    connection.setCatalog(name.schema());
    SchemaObject object =
        Rows.one(
            connection,
            "SHOW CREATE " + kind + " " + Quoted.identifier(name.table()),
            row -> {
              SQLWarning warning = row.getStatement().getWarnings();
              if (warning != null && warning.getErrorCode() == INVALID_VIEW) {
                notes.add(
                    "view "
                        + name
                        + " is invalid, for something that it stands on is not there: its text is"
                        + " backed up");
              }
              return shown(kind, name, table, row);
            });
    objects.computeIfAbsent(name.schema(), schema -> new ArrayList<>()).add(object);
  }

  private static SchemaObject shown(Kind kind, TableName name, String table, ResultSet row)
      throws SQLException {
    return switch (kind) {
      case VIEW ->
          new SchemaObject(
              kind,
              name.table(),
              table,
              row.getString(2),
              "",
              row.getString(3),
              row.getString(4),
              "");
      case FUNCTION, PROCEDURE, TRIGGER -> {
        String create = row.getString(3);
        if (create == null) {
          throw SqlErrors.hidden("the text of " + kind.word() + " " + name);
        }
        yield new SchemaObject(
            kind,
            name.table(),
            table,
            create,
            row.getString(2),
            row.getString(4),
            row.getString(5),
            "");
      }
      case EVENT ->
          new SchemaObject(
              kind,
              name.table(),
              table,
              row.getString(4),
              row.getString(2),
              row.getString(5),
              row.getString(6),
              row.getString(3));
    };
  }
}
