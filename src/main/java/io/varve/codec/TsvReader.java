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
  private final Row row;
  private final int[] ends;
  private final boolean[] nulls;
  private final byte[] buffer = new byte[64 * 1024];
  private int position;
  private int limit;
  private byte[] values = new byte[4096];
  private int length;

  public TsvReader(InputStream in, int columns) {
    this.in = in;
    this.row = new Row(columns);
    this.ends = new int[columns];
    this.nulls = new boolean[columns];
  }

  /**
   * The next row, or null after the last one. It is always the same object.
   *
   * @throws IOException where the text is not what was promised: a row with too few or too many
   *     fields, or no newline at the end
   */
  public @Nullable Row next() throws IOException {
    length = 0;
    for (int column = 0; column < ends.length; column++) {
      boolean last = column == ends.length - 1;
      if (!readField(column, last ? '\n' : '\t')) {
        return null;
      }
      ends[column] = length;
    }
    int start = 0;
    for (int column = 0; column < ends.length; column++) {
      if (nulls[column]) {
        row.setNull(column);
      } else {
        row.set(column, values, start, ends[column] - start);
      }
      start = ends[column];
    }
    return row;
  }

  private boolean readField(int column, int end) throws IOException {
    nulls[column] = false;
    while (true) {
      int next = read();
      if (next == -1) {
        if (column == 0 && length == 0) {
          return false;
        }
        throw new EOFException("the text ends in the middle of a row");
      }
      if (next == end) {
        return true;
      }
      if (next == '\t' || next == '\n') {
        throw new IOException("a row has another number of fields than the table has columns");
      }
      if (next == '\\') {
        next = read();
        switch (next) {
          case 'N' -> {
            nulls[column] = true;
            continue;
          }
          case 't' -> next = '\t';
          case 'n' -> next = '\n';
          case '0' -> next = 0;
          case '\\' -> {}
          default -> throw new IOException("an escape that is never written");
        }
      }
      if (length == values.length) {
        values = Arrays.copyOf(values, 2 * length);
      }
      values[length++] = (byte) next;
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
