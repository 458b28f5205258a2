package io.varve.codec;

import io.varve.store.Content;
import io.varve.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Bytes that are written once and then read any number of times, held in blocks of a pool: it grows
 * without copying, and its SHA-256 is ready when the last byte is written. Not thread-safe while it
 * is written.
 */
public final class MemoryContent implements Content {

  private final BlockPool pool;
  private final MessageDigest digest = Sha256.newDigest();
  private final List<ByteBuffer> blocks = new ArrayList<>();
  private byte[] sha256 = new byte[0];
  private long size;

  MemoryContent(BlockPool pool) {
    this.pool = pool;
  }

  void append(byte[] bytes, int length) {
    digest.update(bytes, 0, length);
    size += length;
    int from = 0;
    while (from < length) {
      if (blocks.isEmpty() || !blocks.getLast().hasRemaining()) {
        blocks.add(pool.take());
      }
      int count = Math.min(length - from, blocks.getLast().remaining());
      blocks.getLast().put(bytes, from, count);
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
    return new Bytes(written());
  }

  @Override
  public void writeTo(WritableByteChannel channel) throws IOException {
    for (ByteBuffer block : written()) {
      while (block.hasRemaining()) {
        channel.write(block);
      }
    }
  }

  /** Each block from its beginning to where it is filled; for one reader. */
  private List<ByteBuffer> written() {
    return blocks.stream().map(block -> block.duplicate().flip()).toList();
  }

  @Override
  public byte[] sha256() {
    return sha256.clone();
  }

  private static final class Bytes extends InputStream {

    private final Deque<ByteBuffer> left;

    Bytes(List<ByteBuffer> blocks) {
      left = new ArrayDeque<>(blocks);
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      while (!left.isEmpty() && !left.peek().hasRemaining()) {
        left.remove();
      }
      if (length == 0) {
        return 0;
      }
      if (left.isEmpty()) {
        return -1;
      }
      int count = Math.min(length, left.peek().remaining());
      left.peek().get(bytes, offset, count);
      return count;
    }
  }
}
