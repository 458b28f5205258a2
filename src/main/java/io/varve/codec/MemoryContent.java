package io.varve.codec;

import io.varve.store.Content;
import io.varve.store.Sha256;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Bytes that are written once and then read any number of times, held in blocks: it grows without
 * copying, and its SHA-256 is ready when the last byte is written.
 */
final class MemoryContent extends OutputStream implements Content {

  private static final int BLOCK_BYTES = 256 * 1024;

  private final MessageDigest digest = Sha256.newDigest();
  private final List<byte[]> blocks = new ArrayList<>();
  private byte[] sha256 = new byte[0];
  private int lastBlockLength = BLOCK_BYTES;
  private long size;

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    digest.update(bytes, offset, length);
    size += length;
    int from = offset;
    int left = length;
    while (left > 0) {
      if (lastBlockLength == BLOCK_BYTES) {
        blocks.add(new byte[BLOCK_BYTES]);
        lastBlockLength = 0;
      }
      int count = Math.min(left, BLOCK_BYTES - lastBlockLength);
      System.arraycopy(bytes, from, blocks.getLast(), lastBlockLength, count);
      lastBlockLength += count;
      from += count;
      left -= count;
    }
  }

  @Override
  public void close() {
    if (sha256.length == 0) {
      sha256 = digest.digest();
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public InputStream open() {
    List<InputStream> streams = new ArrayList<>(blocks.size());
    for (byte[] block : blocks) {
      int length = block == blocks.getLast() ? lastBlockLength : BLOCK_BYTES;
      streams.add(new ByteArrayInputStream(block, 0, length));
    }
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  @Override
  public byte[] sha256() {
    return sha256.clone();
  }
}
