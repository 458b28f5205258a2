package io.varve.repository;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range that a run has read and stored, before it has committed.
 *
 * @param definitionHash of the table when it was read
 * @param whole whether it is the whole table, which then is known by all of its parts or by none
 * @param lower bound of the range, exclusive; null from the first row on
 * @param upper bound of the range, inclusive; null to the last row
 * @param parts that cover the range; they take the place of those that did before
 * @param snapshot the id of the snapshot that several processes share, where the range is covered
 *     as of that; null in any other
 */
public record CheckpointRange(
    String schema,
    String table,
    String definitionHash,
    boolean whole,
    @Nullable List<String> lower,
    @Nullable List<String> upper,
    List<PartEntry> parts,
    @Nullable String snapshot) {

  public CheckpointRange {
    requireNonNull(schema, "schema");
    requireNonNull(table, "table");
    requireNonNull(definitionHash, "definitionHash");
    parts = List.copyOf(parts);
  }

  /** A range that was read in a snapshot of its process. */
  public CheckpointRange(
      String schema,
      String table,
      String definitionHash,
      boolean whole,
      @Nullable List<String> lower,
      @Nullable List<String> upper,
      List<PartEntry> parts) {
    this(schema, table, definitionHash, whole, lower, upper, parts, null);
  }
}
