package io.varve.mysql;

import io.varve.codec.Row;

/** Takes rows as they arrive. */
@FunctionalInterface
public interface RowSink {

  /**
   * One row.
   *
   * @param row its fields in the order of the table's columns; valid during this call
   * @throws TimeIsUpException to get no more: the rest does not come, and the connection is cut off
   */
  void row(Row row);
}
