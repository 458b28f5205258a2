package io.varve.mysql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Schemas of a target that are made to be dropped again. Whose each is says the comment of a table
 * in it: one statement makes table and comment, so there is no table without. Not thread-safe.
 */
public final class ScratchSchemas {

  /** The table that says whose a schema is. */
  public static final String MARK = "varve_drill_mark";

  private static final int TABLES_A_STATEMENT = 100;

  private final Target target;

  ScratchSchemas(Target target) {
    this.target = target;
  }

  /** The schemas whose names begin so, by name. */
  public List<String> named(String prefix) {
    List<String> names = new ArrayList<>();
    target.work(
        "list the schemas of",
        "the target",
        connection -> {
          names.clear();
          Rows.each(
              connection,
              "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
              row -> names.add(row.getString(1)));
        });
    return names.stream().filter(name -> name.startsWith(prefix)).sorted().toList();
  }

  /** What the marks say, by the schema that each is in. */
  public Map<String, String> marks() {
    Map<String, String> marks = new TreeMap<>();
    target.work(
        "look for what drills have left on",
        "the target",
        connection ->
            Rows.each(
                connection,
                "SELECT TABLE_SCHEMA, TABLE_COMMENT FROM information_schema.TABLES WHERE"
                    + " TABLE_NAME="
                    + Quoted.text(MARK),
                row -> marks.put(row.getString(1), row.getString(2))));
    return marks;
  }

  /** Says in an empty schema whose it is. */
  public void mark(String schema, String whose) {
    target.work(
        "mark",
        "schema " + schema,
        connection ->
            Rows.execute(
                connection,
                "CREATE TABLE IF NOT EXISTS "
                    + new TableName(schema, MARK).quoted()
                    + " (n INT NOT NULL PRIMARY KEY) ENGINE=InnoDB COMMENT="
                    + Quoted.text(whose)));
  }

  /** Whether there is no table, view, routine or event in a schema. */
  public boolean isEmpty(String schema) {
    List<Integer> found = new ArrayList<>();
    String name = Quoted.text(schema);
    target.work(
        "look into",
        "schema " + schema,
        connection ->
            found.add(
                Rows.one(
                    connection,
                    "SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA="
                        + name
                        + ") + (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE"
                        + " ROUTINE_SCHEMA="
                        + name
                        + ") + (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA="
                        + name
                        + ")",
                    row -> row.getInt(1))));
    return found.getLast() == 0;
  }

  /**
   * Drops schemas with all that is in them. The mark is the last table to go: where this is cut
   * off, it still says whose the rest is.
   */
  public void drop(Collection<String> schemas) {
    Map<String, List<TableName>> tables =
        target.tables(schemas).stream()
            .filter(table -> !table.table().equals(MARK))
            .collect(Collectors.groupingBy(TableName::schema));
    for (String schema : schemas) {
      List<TableName> its = tables.getOrDefault(schema, List.of());
      for (int from = 0; from < its.size(); from += TABLES_A_STATEMENT) {
        String some =
            its.subList(from, Math.min(its.size(), from + TABLES_A_STATEMENT)).stream()
                .map(TableName::quoted)
                .collect(Collectors.joining(", "));
        target.work(
            "drop the tables of",
            "schema " + schema,
            connection -> Rows.execute(connection, "DROP TABLE IF EXISTS " + some));
      }
      target.work(
          "drop",
          "schema " + schema,
          connection ->
              Rows.execute(connection, "DROP DATABASE IF EXISTS " + Quoted.identifier(schema)));
    }
  }
}
