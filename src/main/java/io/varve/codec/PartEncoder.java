package io.varve.codec;

import java.util.List;

/**
 * Makes parts, one after another: takes rows, and answers with their compressed text and their
 * checksum. Holds the compressed bytes of the part so far, and one block of text before and after
 * compression; of a row nothing is kept. Not thread-safe.
 */
public final class PartEncoder implements AutoCloseable {

  private static final int BLOCK_BYTES = 1 << 20;

  /** From this level on the compressor looks back further than a small block goes. */
  private static final int LEVEL_OF_LARGE_BLOCKS = 5;

  private static final int LARGE_BLOCK_BYTES = 8 << 20;

  private final BlockPool pool;
  private final ZstdFrames zstd;
  private final TsvEncoder tsv;
  private MemoryContent content;
  private RowChecksums checksums = new RowChecksums(List.of());
  private long longestRowBytes;

  /**
   * @param level of zstd, 1 (fast) to 19 (small)
   * @param pool of the memory that parts take until they are released
   */
  public PartEncoder(int level, BlockPool pool) {
    this.pool = pool;
    content = new MemoryContent(pool);
    int blockBytes = level < LEVEL_OF_LARGE_BLOCKS ? BLOCK_BYTES : LARGE_BLOCK_BYTES;
    zstd = new ZstdFrames(level, blockBytes);
    tsv = new TsvEncoder(blockBytes, (block, length) -> zstd.append(block, length, content));
  }

  /**
   * Begins a part; one that was not finished is forgotten.
   *
   * @param columns the form of each column, in the order of the fields
   */
  public void begin(List<ColumnForm> columns) {
    content.release();
    content = new MemoryContent(pool);
    checksums = new RowChecksums(columns);
    tsv.reset();
    longestRowBytes = 0;
  }

  /** Adds a row; the fields are in the order of the columns. */
  public void add(Row row) {
    long before = tsv.encodedBytes();
    checksums.add(row);
    tsv.encode(row);
    longestRowBytes = Math.max(longestRowBytes, tsv.encodedBytes() - before);
  }

  public long rows() {
    return checksums.rows();
  }

  /** Size of the text so far. */
  public long rawBytes() {
    return tsv.encodedBytes();
  }

  /** Ends the part, whose memory is from now on the caller's to release. */
  public EncodedPart finish() {
    tsv.flush();
    content.end();
    EncodedPart part =
        new EncodedPart(
            content,
            tsv.encodedBytes(),
            longestRowBytes,
            checksums.longestCanonicalBytes(),
            checksums.checksum());
    content = new MemoryContent(pool);
    return part;
  }

  @Override
  public void close() {
    content.release();
    zstd.close();
  }
}
