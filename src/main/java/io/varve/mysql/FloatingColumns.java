package io.varve.mysql;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.varve.codec.Row;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The columns of floating point in a table, which MySQL and MariaDB write with other digits: as
 * their bits they can be compared. The sign of a zero is left out, since MariaDB does not write it.
 */
public final class FloatingColumns {

  private final int[] floats;
  private final int[] doubles;

  public FloatingColumns(TableDefinition table) {
    floats = indexes(table.columns(), ColumnEncoding.FLOAT);
    doubles = indexes(table.columns(), ColumnEncoding.DOUBLE);
  }

  private static int[] indexes(List<Column> columns, ColumnEncoding encoding) {
    return IntStream.range(0, columns.size())
        .filter(i -> columns.get(i).encoding() == encoding)
        .toArray();
  }

  public boolean any() {
    return floats.length + doubles.length > 0;
  }

  /** Puts the bits of each number in the place of its text. */
  public void normalize(Row row) {
    for (int i : floats) {
      byte[] text = row.value(i);
      if (text != null) {
        float value = (float) Double.parseDouble(new String(text, US_ASCII));
        put(row, i, Float.floatToRawIntBits(value == 0 ? 0 : value));
      }
    }
    for (int i : doubles) {
      byte[] text = row.value(i);
      if (text != null) {
        double value = Double.parseDouble(new String(text, US_ASCII));
        put(row, i, Double.doubleToRawLongBits(value == 0 ? 0 : value));
      }
    }
  }

  private static void put(Row row, int column, long bits) {
    byte[] hex = Long.toHexString(bits).getBytes(US_ASCII);
    row.set(column, hex, 0, hex.length);
  }
}
