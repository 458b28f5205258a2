package io.varve.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All that a schema holds, read past Varve's own code: each value of each row as {@code HEX()}, and
 * the statement that makes each table, view, trigger and routine. Two schemas with equal contents
 * are copies.
 *
 * @param rows of each table, sorted
 * @param definitions by kind and name, the schema's own name left out
 */
public record SchemaContents(Map<String, List<String>> rows, Map<String, String> definitions) {

  public static SchemaContents of(TestServer server, String schema) {
    Map<String, List<String>> rows = new TreeMap<>();
    Map<String, String> definitions = new TreeMap<>();
    for (List<String> table :
        server.rows(
            "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA='"
                + schema
                + "'")) {
      String name = table.getFirst();
      definitions.put("table " + name, shown(server, schema, "TABLE", name));
      if (table.getLast().equals("BASE TABLE")) {
        rows.put(name, rows(server, schema, name));
      }
    }
    for (List<String> trigger :
        server.rows(
            "SELECT TRIGGER_NAME, 'TRIGGER' FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='"
                + schema
                + "' UNION ALL SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES"
                + " WHERE ROUTINE_SCHEMA='"
                + schema
                + "' UNION ALL SELECT EVENT_NAME, 'EVENT' FROM information_schema.EVENTS WHERE"
                + " EVENT_SCHEMA='"
                + schema
                + "'")) {
      String kind = trigger.getLast();
      definitions.put(
          kind + " " + trigger.getFirst(), shown(server, schema, kind, trigger.getFirst()));
    }
    return new SchemaContents(rows, definitions);
  }

  /** The rows of one of its tables. */
  public List<String> rowsOf(String table) {
    return Objects.requireNonNull(rows.get(table), table);
  }

  private static String shown(TestServer server, String schema, String kind, String name) {
    List<String> row =
        server
            .rows("SHOW CREATE " + kind + " `" + schema + "`.`" + name.replace("`", "``") + "`")
            .getFirst();
    String create = row.stream().filter(c -> c.startsWith("CREATE")).findFirst().orElseThrow();
    return create.replace("`" + schema + "`.", "").replace(schema, "SCHEMA");
  }

  /** The rows of one table, sorted, each as the {@code HEX()} of its values. */
  public static List<String> rows(TestServer server, String schema, String table) {
    String values =
        server
            .rows(
                "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='"
                    + schema
                    + "' AND TABLE_NAME='"
                    + table.replace("'", "''")
                    + "' ORDER BY ORDINAL_POSITION")
            .stream()
            .map(column -> hex("`" + column.getFirst().replace("`", "``") + "`", column.getLast()))
            .collect(Collectors.joining(", "));
    List<String> rows = new ArrayList<>();
    server
        .rows("SELECT " + values + " FROM `" + schema + "`.`" + table.replace("`", "``") + "`")
        .forEach(row -> rows.add(String.join(" ", row)));
    rows.sort(null);
    return rows;
  }

  /** HEX() of a number is of its integer part alone, so numbers are made texts first. */
  private static String hex(String column, String type) {
    return switch (type) {
      case "float" -> "HEX(CONCAT(CAST(" + column + " AS DOUBLE)))";
      case "enum", "set" -> "CONCAT(CAST(" + column + " AS UNSIGNED), ':', HEX(" + column + "))";
      case "char", "varchar", "binary", "varbinary", "bit", "vector" -> "HEX(" + column + ")";
      case "tinytext", "text", "mediumtext", "longtext", "json" -> "HEX(" + column + ")";
      case "tinyblob", "blob", "mediumblob", "longblob" -> "HEX(" + column + ")";
      default -> "HEX(CONCAT(" + column + "))";
    };
  }
}
