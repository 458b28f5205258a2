package io.varve.codec;

/**
 * The rows of one range, ready to be put.
 *
 * @param content what is stored: zstd of the rows' text
 * @param rawBytes size of that text
 * @param longestRowBytes size of the longest row's text
 * @param longestCanonicalBytes of the row that has most of what is hashed
 * @param checksum of the rows, with their number
 */
public record EncodedPart(
    MemoryContent content,
    long rawBytes,
    long longestRowBytes,
    long longestCanonicalBytes,
    RowChecksum checksum) {}
