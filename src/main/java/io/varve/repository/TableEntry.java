package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.codec.RowChecksum;
import io.varve.mysql.TableDefinition;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table as a manifest has it.
 *
 * @param definitionHash of what gives the parts' bytes and bounds their meaning
 * @param parts in the order of the range key, covering the table without a gap; none for a table
 *     without rows
 * @param change since the parent; null in a full backup
 * @param times when it was worked on; null where nothing was to be done, or no one has looked
 */
public record TableEntry(
    TableDefinition definition,
    String definitionHash,
    long rows,
    List<PartEntry> parts,
    @Nullable TableChange change,
    @Nullable TableTimes times) {

  public TableEntry {
    requireNonNull(definition, "definition");
    requireNonNull(definitionHash, "definitionHash");
    parts = List.copyOf(parts);
  }

  public static TableEntry of(TableDefinition definition, List<PartEntry> parts) {
    return new TableEntry(
        definition,
        definition.hash(),
        parts.stream().mapToLong(PartEntry::rows).sum(),
        List.copyOf(parts),
        null,
        null);
  }

  /** The same, with what became of it since the parent. */
  public TableEntry with(@Nullable TableChange newChange) {
    return new TableEntry(definition, definitionHash, rows, parts, newChange, times);
  }

  /** The same, with when it was worked on. */
  public TableEntry with(TableTimes newTimes) {
    return new TableEntry(definition, definitionHash, rows, parts, change, newTimes);
  }

  /** The same, with other parts in place of these. */
  public TableEntry withParts(List<PartEntry> newParts) {
    return new TableEntry(definition, definitionHash, rows, newParts, change, times);
  }

  TableEntry withoutBounds() {
    return withParts(parts.stream().map(part -> part.withRange(null, null)).toList());
  }

  /** Size of the longest row's text, as far as the parts know; 0 where none does. */
  public long longestRowBytes() {
    return longest(PartEntry::longestRowBytes);
  }

  /** Most of what is hashed of any row, as far as the parts know; 0 where none does. */
  public long longestCanonicalBytes() {
    return longest(PartEntry::longestCanonicalBytes);
  }

  private long longest(Function<PartEntry, @Nullable Long> bytes) {
    return parts.stream()
        .map(part -> Objects.requireNonNullElse(bytes.apply(part), 0L))
        .reduce(0L, Math::max);
  }

  /** Of all rows; needs no order, so it can be compared where ranges cannot. */
  public RowChecksum checksum() {
    return parts.stream().map(PartEntry::checksum).reduce(RowChecksum.NONE, RowChecksum::plus);
  }
}
