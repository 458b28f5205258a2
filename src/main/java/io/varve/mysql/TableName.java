package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/** A table or view by its full name; ordered by schema, then table. */
public record TableName(String schema, String table) implements Comparable<TableName> {

  public TableName {
    requireNonNull(schema, "schema");
    requireNonNull(table, "table");
  }

  private static final Comparator<TableName> ORDER =
      Comparator.comparing(TableName::schema).thenComparing(TableName::table);

  /** Quoted, for a statement. */
  public String quoted() {
    return Quoted.identifier(schema) + "." + Quoted.identifier(table);
  }

  @Override
  public int compareTo(TableName other) {
    return ORDER.compare(this, other);
  }

  /** For people: {@code shop.orders}. */
  @Override
  public String toString() {
    return schema + "." + table;
  }
}
