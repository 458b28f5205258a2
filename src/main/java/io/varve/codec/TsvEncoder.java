package io.varve.codec;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows as {@code LOAD DATA} reads them by default: fields are separated by a tab, rows end in a
 * newline; tab, newline, backslash and NUL are escaped by a backslash, NULL is {@code \N}. Byte for
 * byte what {@code SELECT ... INTO OUTFILE} writes. Values are bytes and stay so: no charset is
 * involved.
 *
 * <p>Rows gather in one buffer of a fixed size, which goes to the stream behind when it is full.
 * Not thread-safe.
 */
final class TsvEncoder {

  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int SLICE_BYTES = 32 * 1024;

  /** The byte that follows the backslash, or 0 for a byte that stands for itself. */
  private static final byte[] ESCAPES = new byte[256];

  static {
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\\'] = '\\';
    ESCAPES[0] = '0';
  }

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final OutputStream out;
  private int length;
  private long flushedBytes;

  TsvEncoder(OutputStream out) {
    this.out = out;
  }

  /** Bytes encoded so far. */
  long encodedBytes() {
    return flushedBytes + length;
  }

  void encode(byte[] @Nullable [] fields) throws IOException {
    for (int column = 0; column < fields.length; column++) {
      if (column > 0) {
        put('\t');
      }
      byte[] value = fields[column];
      if (value == null) {
        put('\\');
        put('N');
      } else {
        escape(value);
      }
    }
    put('\n');
  }

  void flush() throws IOException {
    out.write(buffer, 0, length);
    flushedBytes += length;
    length = 0;
  }

  private void escape(byte[] value) throws IOException {
    for (int from = 0; from < value.length; from += SLICE_BYTES) {
      int to = Math.min(value.length, from + SLICE_BYTES);
      reserve(2 * (to - from));
      escape(value, from, to);
    }
  }

  private void escape(byte[] value, int from, int to) {
    byte[] target = buffer;
    int at = length;
    for (int i = from; i < to; i++) {
      byte plain = value[i];
      byte escape = ESCAPES[plain & 0xff];
      if (escape == 0) {
        target[at++] = plain;
      } else {
        target[at++] = '\\';
        target[at++] = escape;
      }
    }
    length = at;
  }

  private void put(char value) throws IOException {
    reserve(1);
    buffer[length++] = (byte) value;
  }

  private void reserve(int bytes) throws IOException {
    if (length + bytes > buffer.length) {
      flush();
    }
  }
}
