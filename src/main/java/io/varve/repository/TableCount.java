package io.varve.repository;

import static java.util.Objects.requireNonNull;

/**
 * How many rows a table has, by the server.
 *
 * @param snapshot the id of the one in which they were counted
 */
public record TableCount(String schema, String table, long rows, String snapshot) {

  public TableCount {
    requireNonNull(schema, "schema");
    requireNonNull(table, "table");
    requireNonNull(snapshot, "snapshot");
  }
}
