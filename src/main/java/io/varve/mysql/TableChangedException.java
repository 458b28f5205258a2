package io.varve.mysql;

/** DDL changed a table while it was read: read it again in a new snapshot. Never shown to users. */
public final class TableChangedException extends RuntimeException {

  private final TableName table;

  TableChangedException(TableName table, Throwable cause) {
    super("the definition of " + table + " has changed", cause);
    this.table = table;
  }

  public TableName table() {
    return table;
  }
}
