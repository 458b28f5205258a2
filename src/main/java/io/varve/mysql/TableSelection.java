package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tables, views, routines and events are meant: shell wildcards on {@code schema.name}. A
 * pattern without a dot means a whole schema. System schemas are never meant.
 *
 * @param includes any of these; all where it is empty
 * @param excludes and none of these
 * @param anyCase whether a letter means its other case too, as names do on some servers
 */
public record TableSelection(List<String> includes, List<String> excludes, boolean anyCase) {

  public static final TableSelection ALL = new TableSelection(List.of(), List.of());

  private static final Set<String> SYSTEM_SCHEMAS =
      Set.of("information_schema", "mysql", "performance_schema", "sys");

  private static final Pattern WILDCARDS = Pattern.compile("[*?\\[\\\\]");

  public TableSelection {
    includes = List.copyOf(includes);
    excludes = List.copyOf(excludes);
  }

  /** Letters mean themselves. */
  public TableSelection(List<String> includes, List<String> excludes) {
    this(includes, excludes, false);
  }

  /** Some tables and no others. */
  public static TableSelection of(Collection<TableName> tables) {
    return new TableSelection(tables.stream().map(TableSelection::exactly).toList(), List.of());
  }

  private static String exactly(TableName name) {
    return name.toString().replaceAll("[*?\\[\\\\]", "\\\\$0");
  }

  public TableSelection inAnyCase() {
    return new TableSelection(includes, excludes, true);
  }

  public boolean selects(TableName name) {
    return !isSystem(name.schema())
        && (includes.isEmpty() || anyMatches(includes, name.toString()))
        && !anyMatches(excludes, name.toString());
  }

  /** Whether a schema as a whole is meant, so that it is kept even when nothing is in it. */
  public boolean selectsSchema(String schema) {
    // a name that no table has: only a wildcard for the table part matches it
    return selects(new TableName(schema, "\0"));
  }

  /** Whether anything in a schema may be meant, by how the patterns begin. */
  boolean mayReachInto(String schema) {
    String start = (anyCase ? schema.toLowerCase(Locale.ROOT) : schema) + ".";
    return !isSystem(schema)
        && (includes.isEmpty()
            || includes.stream()
                .map(glob -> WILDCARDS.split(glob.contains(".") ? glob : glob + ".", 2)[0])
                .map(literal -> anyCase ? literal.toLowerCase(Locale.ROOT) : literal)
                .anyMatch(literal -> start.startsWith(literal) || literal.startsWith(start)));
  }

  /**
   * A condition on TABLE_SCHEMA in information_schema that holds for all that is meant. By one
   * schema MariaDB opens the files of its tables and not those of all.
   */
  String schemaCondition(Connection connection) throws SQLException {
    List<String> schemas = new ArrayList<>();
    Rows.each(
        connection,
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
        row -> schemas.add(row.getString(1)));
    List<String> reached = schemas.stream().filter(this::mayReachInto).toList();
    return schemaCondition(reached);
  }

  /**
   * A condition on TABLE_SCHEMA in information_schema that holds for all tables of some schemas.
   */
  static String schemaCondition(List<String> schemas) {
    return schemas.size() == 1
        ? "TABLE_SCHEMA = " + Quoted.text(schemas.getFirst())
        : "TABLE_SCHEMA NOT IN "
            + SYSTEM_SCHEMAS.stream().map(Quoted::text).collect(Collectors.joining(", ", "(", ")"));
  }

  static boolean isSystem(String schema) {
    return SYSTEM_SCHEMAS.contains(schema.toLowerCase(Locale.ROOT));
  }

  private boolean anyMatches(List<String> globs, String name) {
    return globs.stream().anyMatch(glob -> pattern(glob).matcher(name).matches());
  }

  private Pattern pattern(String glob) {
    String whole = glob.contains(".") ? glob : glob + ".*";
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < whole.length(); i++) {
      char at = whole.charAt(i);
      int close = whole.indexOf(']', i + 2);
      switch (at) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '\\' -> {
          i = Math.min(i + 1, whole.length() - 1);
          regex.append(Pattern.quote(whole.substring(i, i + 1)));
        }
        case '[' -> {
          if (close < 0) {
            regex.append("\\[");
          } else {
            String members = whole.substring(i + 1, close).replace("\\", "\\\\");
            regex.append('[').append(members.replaceFirst("^!", "^")).append(']');
            i = close;
          }
        }
        default -> regex.append(Pattern.quote(String.valueOf(at)));
      }
    }
    int flags = anyCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    return Pattern.compile(regex.toString(), Pattern.DOTALL | flags);
  }
}
