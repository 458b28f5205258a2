package io.varve.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

/**
 * Compresses blocks, each to a zstd frame of its own with its size and its checksum: together they
 * are one zstd stream to whoever reads them. A block as a whole costs less than a stream, which
 * copies all bytes and searches in two buffers. Not thread-safe.
 */
final class ZstdFrames implements AutoCloseable {

  private final ZstdCompressCtx context;
  private final byte[] frame;

  /**
   * @param level 1 to 19
   * @param blockBytes of the largest block
   */
  ZstdFrames(int level, int blockBytes) {
    context = new ZstdCompressCtx().setLevel(level).setChecksum(true);
    frame = new byte[Math.toIntExact(Zstd.compressBound(blockBytes))];
  }

  void append(byte[] block, int length, MemoryContent content) {
    int size = context.compressByteArray(frame, 0, frame.length, block, 0, length);
    content.append(frame, size);
  }

  @Override
  public void close() {
    context.close();
  }
}
