package io.varve.codec;

import java.util.List;

/** Adds rows up to their checksum. Not thread-safe. */
public final class RowChecksums {

  private final RowHasher hasher;
  private long rows;
  private long xor;
  private long sum;
  private long longestCanonicalBytes;

  public RowChecksums(List<ColumnForm> columns) {
    hasher = new RowHasher(columns);
  }

  /** A row whose fields are in the order of the columns. */
  public void add(Row row) {
    long hash = hasher.hash(row);
    rows++;
    xor ^= hash;
    sum += hash;
    longestCanonicalBytes = Math.max(longestCanonicalBytes, hasher.canonicalBytes());
  }

  public long rows() {
    return rows;
  }

  /** Of the row whose canonical bytes are the most. */
  public long longestCanonicalBytes() {
    return longestCanonicalBytes;
  }

  public RowChecksum checksum() {
    return new RowChecksum(rows, xor, sum);
  }
}
