package io.varve.mysql;

/**
 * A table as found on the server.
 *
 * @param estimatedRows the server's guess
 * @param dataBytes the server's guess of the size of its rows
 */
public record SourceTable(TableDefinition definition, long estimatedRows, long dataBytes) {

  public TableName name() {
    return definition.name();
  }
}
