package io.varve.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A slice of a table in the order of its range key: {@code lower < key <= upper}.
 *
 * @param lower one bound per key column, or null: from the first row on
 * @param upper one bound per key column, or null: to the last row
 */
public record KeyRange(@Nullable List<String> lower, @Nullable List<String> upper) {

  /** The whole table. */
  public static final KeyRange ALL = new KeyRange(null, null);
}
