package io.varve.mysql;

import org.jspecify.annotations.Nullable;

/** Takes rows as they arrive. */
@FunctionalInterface
public interface RowSink {

  /**
   * One row.
   *
   * @param fields in the order of the table's columns, null is NULL; the array is used again
   */
  void row(byte[] @Nullable [] fields);
}
