package io.varve.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Makes parts, one after another: takes rows, and answers with their compressed text and their
 * checksum. Holds the compressed bytes of the part so far, and one block of text before and after
 * compression; of a row nothing is kept. A part that may turn out to be known can be held as text
 * until that is settled. Not thread-safe.
 */
public final class PartEncoder implements AutoCloseable {

  private static final int BLOCK_BYTES = 1 << 20;

  /** From this level on the compressor looks back further than a small block goes. */
  private static final int LEVEL_OF_LARGE_BLOCKS = 5;

  private static final int LARGE_BLOCK_BYTES = 8 << 20;

  /** Text as it came, in memory that is used again. */
  private record Block(byte[] text, int length) {}

  private final BlockPool pool;
  private final int blockBytes;
  private final List<Block> held = new ArrayList<>();
  private final Deque<byte[]> spare = new ArrayDeque<>();
  private boolean isHolding;
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
    blockBytes = level < LEVEL_OF_LARGE_BLOCKS ? BLOCK_BYTES : LARGE_BLOCK_BYTES;
    zstd = new ZstdFrames(level, blockBytes);
    tsv = new TsvEncoder(blockBytes, this::take);
  }

  /**
   * Begins a part; one that was not finished is forgotten.
   *
   * @param columns the form of each column, in the order of the fields
   */
  public void begin(List<ColumnForm> columns) {
    isHolding = false;
    forgetHeld();
    content.release();
    content = new MemoryContent(pool);
    checksums = new RowChecksums(columns);
    tsv.reset();
    longestRowBytes = 0;
  }

  /**
   * From now on the part's text is kept as it is, to be compressed when {@link #compress} says so:
   * for rows that may be those of a part that is stored already.
   */
  public void hold() {
    isHolding = true;
  }

  /** The part is a new one: compresses what was held, and all that follows. */
  public void compress() {
    isHolding = false;
    held.forEach(block -> zstd.append(block.text(), block.length(), content));
    forgetHeld();
  }

  private void forgetHeld() {
    held.forEach(block -> spare.push(block.text()));
    held.clear();
  }

  private void take(byte[] block, int length) {
    if (!isHolding) {
      zstd.append(block, length, content);
      return;
    }
    byte[] copy = spare.isEmpty() ? new byte[blockBytes] : spare.pop();
    System.arraycopy(block, 0, copy, 0, length);
    held.add(new Block(copy, length));
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

  /** Of the rows so far. */
  public RowChecksum checksum() {
    return checksums.checksum();
  }

  /** Size of the text so far. */
  public long rawBytes() {
    return tsv.encodedBytes();
  }

  /** Ends the part, whose memory is from now on the caller's to release. */
  public EncodedPart finish() {
    compress();
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
