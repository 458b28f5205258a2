package io.varve.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes one part: takes rows, and answers with their compressed text and their checksum. Holds the
 * compressed bytes so far and one buffer; of a row nothing is kept. Not thread-safe.
 */
public final class PartEncoder {

  private final MemoryContent content = new MemoryContent();
  private final ZstdCompressorOutputStream zstd;
  private final TsvEncoder tsv;
  private final RowChecksums checksums;
  private long longestRowBytes;

  /**
   * @param columns the form of each column, in the order of the fields
   * @param level of zstd, 1 (fast) to 19 (small)
   */
  public PartEncoder(List<ColumnForm> columns, int level) {
    checksums = new RowChecksums(columns);
    try {
      zstd =
          ZstdCompressorOutputStream.builder()
              .setOutputStream(content)
              .setLevel(level)
              .setChecksum(true)
              .get();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    tsv = new TsvEncoder(zstd);
  }

  /** Adds a row; the fields are in the order of the columns, null is NULL. */
  public void add(byte[] @Nullable [] fields) {
    long before = tsv.encodedBytes();
    checksums.add(fields);
    try {
      tsv.encode(fields);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    longestRowBytes = Math.max(longestRowBytes, tsv.encodedBytes() - before);
  }

  public long rows() {
    return checksums.rows();
  }

  /** Size of the text so far. */
  public long rawBytes() {
    return tsv.encodedBytes();
  }

  /** Ends the part; the encoder is used up. */
  public EncodedPart finish() {
    long rawBytes = tsv.encodedBytes();
    try {
      tsv.flush();
      zstd.close();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return new EncodedPart(
        content,
        rawBytes,
        longestRowBytes,
        checksums.longestCanonicalBytes(),
        checksums.checksum());
  }
}
