package io.varve.codec;

import io.varve.store.Content;
import io.varve.store.Sha256;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Bytes that are written once and then read any number of times, held in blocks of a pool: it grows
 * without copying, and its SHA-256 is ready when the last byte is written. Not thread-safe while it
 * is written.
 */
public final class MemoryContent implements Content {

  private final BlockPool pool;
  private final MessageDigest digest = Sha256.newDigest();
  private final List<byte[]> blocks = new ArrayList<>();
  private byte[] sha256 = new byte[0];
  private int lastBlockLength = BlockPool.BLOCK_BYTES;
  private long size;

  MemoryContent(BlockPool pool) {
    this.pool = pool;
  }

  void append(byte[] bytes, int length) {
    digest.update(bytes, 0, length);
    size += length;
    int from = 0;
    while (from < length) {
      if (lastBlockLength == BlockPool.BLOCK_BYTES) {
        blocks.add(pool.take());
        lastBlockLength = 0;
      }
      int count = Math.min(length - from, BlockPool.BLOCK_BYTES - lastBlockLength);
      System.arraycopy(bytes, from, blocks.getLast(), lastBlockLength, count);
      lastBlockLength += count;
      from += count;
    }
  }

  /** No byte comes after this. */
  void end() {
    sha256 = digest.digest();
  }

  /** Gives its memory back: from now on it has no bytes, and nobody may be reading any. */
  public void release() {
    blocks.forEach(pool::giveBack);
    blocks.clear();
    size = 0;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public InputStream open() {
    List<InputStream> streams = new ArrayList<>(blocks.size());
    for (byte[] block : blocks) {
      int length = block == blocks.getLast() ? lastBlockLength : BlockPool.BLOCK_BYTES;
      streams.add(new ByteArrayInputStream(block, 0, length));
    }
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  @Override
  public byte[] sha256() {
    return sha256.clone();
  }
}
