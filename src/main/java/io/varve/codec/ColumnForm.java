package io.varve.codec;

/**
 * How a column's value enters the canonical bytes of its row. The order of forms in a row, the
 * separator and the reason for each are in docs/format.md; the SQL that computes the same is {@code
 * io.varve.mysql.RangeSql}.
 */
public enum ColumnForm {
  /** Text that is never empty and holds no NUL (numbers, dates): NULL is the empty string. */
  FIXED,
  /**
   * Any bytes up to 65,535: its length goes first, '' for NULL; then the bytes, left out for NULL.
   */
  BYTES,
  /** Longer: the hex SHA-256 of the bytes, '' for NULL. */
  DIGEST
}
