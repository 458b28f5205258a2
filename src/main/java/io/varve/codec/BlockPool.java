package io.varve.codec;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Arrays of one size that are used again: what parts are made of lives too short to be left to the
 * garbage collector, which would let the heap grow to several times of it. Holds on to all that it
 * was ever given. Thread-safe.
 */
public final class BlockPool {

  static final int BLOCK_BYTES = 256 * 1024;

  private final ConcurrentLinkedQueue<byte[]> free = new ConcurrentLinkedQueue<>();

  /** An array of {@link #BLOCK_BYTES}, with anything in it. */
  byte[] take() {
    byte[] block = free.poll();
    return block == null ? new byte[BLOCK_BYTES] : block;
  }

  void giveBack(byte[] block) {
    free.add(block);
  }
}
