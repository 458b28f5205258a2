package io.varve.backup;

/**
 * What a worker has done.
 *
 * @param plan for which it works
 * @param worker from 0
 * @param share {@code read}: its share is read; {@code nothing}: others had read it; {@code
 *     finished}: the backup was there already
 * @param rows that it has read
 * @param bytes of their text
 * @param inSharedSnapshot whether in the one that all workers share
 * @param whyNot why it was not, where it should have been; else empty
 */
public record ShareReport(
    String plan,
    int worker,
    String share,
    long rows,
    long bytes,
    boolean inSharedSnapshot,
    String whyNot) {}
