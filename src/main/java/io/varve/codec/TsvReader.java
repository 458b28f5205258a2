package io.varve.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads back what {@link PartEncoder} wrote, row by row, as the fields that went in. Used where the
 * rows themselves are wanted: to judge a part without a server, and to load it where {@code LOAD
 * DATA LOCAL} is not allowed. Not thread-safe.
 */
public final class TsvReader {

  private final InputStream in;
  private final byte[] @Nullable [] fields;
  private final byte[] buffer = new byte[64 * 1024];
  private int position;
  private int limit;
  private byte[] value = new byte[256];

  public TsvReader(InputStream in, int columns) {
    this.in = in;
    this.fields = new byte[columns][];
  }

  /**
   * The next row, or null after the last one. The array is used again for the next row; its
   * elements are not.
   *
   * @throws IOException where the text is not what was promised: a row with too few or too many
   *     fields, or no newline at the end
   */
  public byte @Nullable [] @Nullable [] next() throws IOException {
    for (int column = 0; column < fields.length; column++) {
      boolean last = column == fields.length - 1;
      if (!readField(column, last ? '\n' : '\t')) {
        return null;
      }
    }
    return fields;
  }

  private boolean readField(int column, int end) throws IOException {
    int length = 0;
    boolean isNull = false;
    while (true) {
      int next = read();
      if (next == -1) {
        if (column == 0 && length == 0) {
          return false;
        }
        throw new EOFException("the text ends in the middle of a row");
      }
      if (next == end) {
        fields[column] = isNull ? null : Arrays.copyOf(value, length);
        return true;
      }
      if (next == '\t' || next == '\n') {
        throw new IOException("a row has another number of fields than the table has columns");
      }
      if (next == '\\') {
        next = read();
        switch (next) {
          case 'N' -> {
            isNull = true;
            continue;
          }
          case 't' -> next = '\t';
          case 'n' -> next = '\n';
          case '0' -> next = 0;
          case '\\' -> {}
          default -> throw new IOException("an escape that is never written");
        }
      }
      if (length == value.length) {
        value = Arrays.copyOf(value, 2 * length);
      }
      value[length++] = (byte) next;
    }
  }

  private int read() throws IOException {
    if (position == limit) {
      limit = in.read(buffer, 0, buffer.length);
      position = 0;
      if (limit <= 0) {
        limit = 0;
        return -1;
      }
    }
    return buffer[position++] & 0xff;
  }
}
