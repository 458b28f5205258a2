package io.varve.codec;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Buffers of one size, outside the heap, that are used again: what parts are made of lives too
 * short to be left to the garbage collector, which would let the heap grow to several times of it,
 * and is written to files and sockets without another copy. Holds on to all that it was ever given.
 * Thread-safe.
 */
public final class BlockPool {

  private static final int BLOCK_BYTES = 256 * 1024;

  private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

  /** An empty buffer. */
  ByteBuffer take() {
    ByteBuffer block = free.poll();
    return block == null ? ByteBuffer.allocateDirect(BLOCK_BYTES) : block.clear();
  }

  void giveBack(ByteBuffer block) {
    free.add(block);
  }
}
