package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * A view, routine, trigger or event.
 *
 * @param table the table a trigger belongs to; empty for the others
 * @param create the statement that makes it, its names as seen from its own schema
 * @param sqlMode under which it was made; empty for views
 * @param charset of the client that made it
 * @param collation of the connection that made it
 * @param timeZone of an event; empty for the others
 */
public record SchemaObject(
    Kind kind,
    String name,
    String table,
    String create,
    String sqlMode,
    String charset,
    String collation,
    String timeZone) {

  public SchemaObject {
    requireNonNull(kind, "kind");
    requireNonNull(name, "name");
    requireNonNull(table, "table");
    requireNonNull(create, "create");
    requireNonNull(sqlMode, "sqlMode");
    requireNonNull(charset, "charset");
    requireNonNull(collation, "collation");
    requireNonNull(timeZone, "timeZone");
  }

  Quoting quoting() {
    return Quoting.under(sqlMode);
  }

  /** What it is; in the order in which they are made. */
  public enum Kind {
    FUNCTION,
    PROCEDURE,
    VIEW,
    TRIGGER,
    EVENT;

    /** For people: {@code view}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
