package io.varve.mysql;

import static java.util.Objects.requireNonNull;

/**
 * What a privilege is granted on: the server, a schema, or a table.
 *
 * @param schema empty for the server
 * @param table empty for a schema
 */
record GrantScope(String schema, String table) {

  static final GrantScope SERVER = new GrantScope("", "");

  GrantScope {
    requireNonNull(schema, "schema is null");
    requireNonNull(table, "table is null");
  }

  static GrantScope of(String schema) {
    return new GrantScope(schema, "");
  }

  /** As GRANT has it: {@code `shop`.*}. */
  @Override
  public String toString() {
    if (schema.isEmpty()) {
      return "*.*";
    }
    return Quoted.identifier(schema) + "." + (table.isEmpty() ? "*" : Quoted.identifier(table));
  }
}
