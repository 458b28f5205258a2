package io.varve.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one row, each a slice of some array, so that none need be copied. One object serves
 * for all rows of a table: what it shows is valid until the next row is set. Not thread-safe.
 */
public final class Row {

  private static final byte[] NOTHING = new byte[0];

  private final byte[][] arrays;
  private final int[] offsets;
  private final int[] lengths;

  /** A row of so many fields, all NULL. */
  public Row(int columns) {
    arrays = new byte[columns][];
    offsets = new int[columns];
    lengths = new int[columns];
    Arrays.fill(arrays, NOTHING);
    Arrays.fill(lengths, -1);
  }

  /** A row of these values; null is NULL. */
  public static Row of(byte[] @Nullable [] values) {
    Row row = new Row(values.length);
    for (int i = 0; i < values.length; i++) {
      byte[] value = values[i];
      if (value != null) {
        row.set(i, value, 0, value.length);
      }
    }
    return row;
  }

  public int columns() {
    return lengths.length;
  }

  /** Lets a field show a slice; the bytes are not copied. */
  public void set(int column, byte[] array, int offset, int length) {
    arrays[column] = array;
    offsets[column] = offset;
    lengths[column] = length;
  }

  public void setNull(int column) {
    arrays[column] = NOTHING;
    offsets[column] = 0;
    lengths[column] = -1;
  }

  public boolean isNull(int column) {
    return lengths[column] < 0;
  }

  /** Of the value in bytes; -1 where it is NULL. */
  public int length(int column) {
    return lengths[column];
  }

  /** The array that holds the value, from {@link #offset} on. */
  public byte[] array(int column) {
    return arrays[column];
  }

  public int offset(int column) {
    return offsets[column];
  }

  /** A copy of the value, or null for NULL. */
  public byte @Nullable [] value(int column) {
    int offset = offsets[column];
    return isNull(column)
        ? null
        : Arrays.copyOfRange(arrays[column], offset, offset + lengths[column]);
  }
}
