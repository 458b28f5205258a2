package io.varve.repository;

import java.util.List;

/**
 * The size of a backup, and what it took.
 *
 * @param rawBytes of the rows' text
 * @param storedBytes of all parts
 * @param seconds from the start of the run to the commit
 */
public record Totals(
    int tables, int parts, long rows, long rawBytes, long storedBytes, double seconds) {

  /** Adds up tables. */
  public static Totals of(List<TableEntry> tables, double seconds) {
    List<PartEntry> parts = tables.stream().flatMap(table -> table.parts().stream()).toList();
    return new Totals(
        tables.size(),
        parts.size(),
        tables.stream().mapToLong(TableEntry::rows).sum(),
        parts.stream().mapToLong(PartEntry::rawBytes).sum(),
        parts.stream().mapToLong(PartEntry::storedBytes).sum(),
        seconds);
  }
}
