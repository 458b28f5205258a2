package io.varve.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Rows as {@code LOAD DATA} reads them by default: fields are separated by a tab, rows end in a
 * newline; tab, newline, backslash and NUL are escaped by a backslash, NULL is {@code \N}. Byte for
 * byte what {@code SELECT ... INTO OUTFILE} writes. Values are bytes and stay so: no charset is
 * involved.
 *
 * <p>Rows gather in one block of a fixed size, which is handed on when it is full. Not thread-safe.
 */
final class TsvEncoder {

  /** Takes a block; the array is used again afterwards. */
  @FunctionalInterface
  interface BlockSink {
    void block(byte[] bytes, int length);
  }

  /** Longer values are escaped in slices: each may become twice as long, and a block holds it. */
  private static final int SLICE_BYTES = 16 * 1024;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The byte that follows the backslash, or 0 for a byte that stands for itself. */
  private static final byte[] ESCAPES = new byte[256];

  static {
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\\'] = '\\';
    ESCAPES[0] = '0';
  }

  private final byte[] block;
  private final BlockSink sink;
  private int length;
  private long flushedBytes;

  /**
   * @param blockBytes at least four times {@link #SLICE_BYTES}
   */
  TsvEncoder(int blockBytes, BlockSink sink) {
    this.block = new byte[blockBytes];
    this.sink = sink;
  }

  /** Bytes encoded so far. */
  long encodedBytes() {
    return flushedBytes + length;
  }

  void encode(Row row) {
    int columns = row.columns();
    for (int column = 0; column < columns; column++) {
      int bytes = row.length(column);
      if (bytes < 0) {
        reserve(3);
        block[length++] = '\\';
        block[length++] = 'N';
      } else {
        escape(row.array(column), row.offset(column), bytes);
      }
      block[length++] = '\t';
    }
    block[length - 1] = '\n';
  }

  void flush() {
    if (length > 0) {
      sink.block(block, length);
      flushedBytes += length;
      length = 0;
    }
  }

  /** Begins anew, with nothing encoded. */
  void reset() {
    flushedBytes = 0;
    length = 0;
  }

  private void escape(byte[] value, int offset, int bytes) {
    int from = offset;
    int end = offset + bytes;
    while (end - from > SLICE_BYTES) {
      reserve(2 * SLICE_BYTES);
      escapeSlice(value, from, from + SLICE_BYTES);
      from += SLICE_BYTES;
    }
    reserve(2 * (end - from) + Long.BYTES + 1); // and the separator, and the rest of a long
    escapeSlice(value, from, end);
  }

  /** Eight bytes at a time, as long as none of them is below 11 or a backslash. */
  private void escapeSlice(byte[] value, int from, int to) {
    byte[] target = block;
    int at = length;
    int i = from;
    while (i < to) {
      for (; i <= to - Long.BYTES; i += Long.BYTES, at += Long.BYTES) {
        long bytes = (long) LONG.get(value, i);
        long backslashes = bytes ^ ('\\' * ONES);
        long special = ((bytes - 11 * ONES) & ~bytes | (backslashes - ONES) & ~backslashes) & HIGHS;
        if (special != 0) {
          break;
        }
        LONG.set(target, at, bytes);
      }
      // those before the special one, itself, and those of the last incomplete long
      int some = Math.min(to, i + Long.BYTES);
      for (; i < some; i++) {
        byte plain = value[i];
        byte escape = ESCAPES[plain & 0xff];
        if (escape == 0) {
          target[at++] = plain;
        } else {
          target[at++] = '\\';
          target[at++] = escape;
        }
      }
    }
    length = at;
  }

  private void reserve(int bytes) {
    if (length + bytes > block.length) {
      flush();
    }
  }
}
