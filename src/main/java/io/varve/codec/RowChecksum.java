package io.varve.codec;

/**
 * The checksum of a set of rows; independent of their order.
 *
 * @param rows how many
 * @param xor XOR of the rows' 64-bit hashes
 * @param sum their sum modulo 2^64: sees what XOR alone cannot, rows that occur an even number of
 *     times, which only a table without a unique key can hold
 */
public record RowChecksum(long rows, long xor, long sum) {

  /** Names the algorithm in manifests; a reader compares checksums of one algorithm only. */
  public static final String ALGORITHM = "xor-sha256-64/1";

  public static final RowChecksum NONE = new RowChecksum(0, 0, 0);

  public RowChecksum plus(RowChecksum other) {
    return new RowChecksum(rows + other.rows, xor ^ other.xor, sum + other.sum);
  }

  /**
   * Whether this is the checksum that a range is known to have.
   *
   * @param rowsMayRepeat in its table; elsewhere the sum tells nothing more, and is not kept
   */
  public boolean equals(RowChecksum known, boolean rowsMayRepeat) {
    return rows == known.rows && xor == known.xor && (!rowsMayRepeat || sum == known.sum);
  }
}
