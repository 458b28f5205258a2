package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.codec.RowChecksum;
import io.varve.mysql.KeyRange;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part as a manifest names it.
 *
 * @param key of its object, relative to the store's prefix
 * @param lower bound of its range, exclusive; null from the first row on
 * @param upper bound of its range, inclusive; null to the last row
 * @param rawBytes of the rows' text
 * @param storedBytes of the object
 * @param longestRowBytes of the longest row's text; null where no one has looked
 * @param longestCanonicalBytes of the row that has most of what is hashed; likewise
 * @param xor of the rows' hashes, 16 hex digits
 * @param sum of the rows' hashes, likewise; null where rows cannot repeat
 * @param sha256 of the object, hex
 */
public record PartEntry(
    String key,
    @Nullable List<String> lower,
    @Nullable List<String> upper,
    long rows,
    long rawBytes,
    long storedBytes,
    @Nullable Long longestRowBytes,
    @Nullable Long longestCanonicalBytes,
    String xor,
    @Nullable String sum,
    String sha256) {

  public PartEntry {
    requireNonNull(key, "key");
    requireNonNull(sha256, "sha256");
    HexFormat.fromHexDigitsToLong(xor);
    if (sum != null) {
      HexFormat.fromHexDigitsToLong(sum);
    }
  }

  public KeyRange range() {
    return new KeyRange(lower, upper);
  }

  public RowChecksum checksum() {
    return new RowChecksum(
        rows, Long.parseUnsignedLong(xor, 16), sum == null ? 0 : Long.parseUnsignedLong(sum, 16));
  }

  public PartEntry withRange(@Nullable List<String> newLower, @Nullable List<String> newUpper) {
    return new PartEntry(
        key,
        newLower,
        newUpper,
        rows,
        rawBytes,
        storedBytes,
        longestRowBytes,
        longestCanonicalBytes,
        xor,
        sum,
        sha256);
  }
}
