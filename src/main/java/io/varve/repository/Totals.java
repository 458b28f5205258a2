package io.varve.repository;

/**
 * The size of a backup, and what it took.
 *
 * @param rawBytes of the rows' text
 * @param storedBytes of all parts
 * @param seconds from the start of the run to the commit
 */
public record Totals(
    int tables, int parts, long rows, long rawBytes, long storedBytes, double seconds) {}
