package io.varve.mysql;

import io.varve.codec.Row;

/** Takes rows as they arrive. */
@FunctionalInterface
public interface RowSink {

  /**
   * One row.
   *
   * @param row its fields in the order of the table's columns; valid during this call
   */
  void row(Row row);
}
