package io.varve.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Random;

/** Rows as sysbench makes them: 190 bytes in four columns, mostly digits. */
public final class OltpRows {

  public static final int COUNT = 10_000;
  public static final List<ColumnForm> FORMS =
      List.of(ColumnForm.FIXED, ColumnForm.FIXED, ColumnForm.BYTES, ColumnForm.BYTES);

  private OltpRows() {}

  /** As a reader hands them over: slices of one buffer. */
  public static Row[] make() {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    int[][] ends = new int[COUNT][FORMS.size()];
    for (int i = 0; i < COUNT; i++) {
      text.append(i);
      ends[i][0] = text.length();
      text.append(random.nextInt(2_500_000));
      ends[i][1] = text.length();
      digits(text, random, 10);
      ends[i][2] = text.length();
      digits(text, random, 5);
      ends[i][3] = text.length();
    }
    byte[] buffer = text.toString().getBytes(US_ASCII);
    Row[] rows = new Row[COUNT];
    int start = 0;
    for (int i = 0; i < COUNT; i++) {
      rows[i] = new Row(FORMS.size());
      for (int column = 0; column < FORMS.size(); column++) {
        rows[i].set(column, buffer, start, ends[i][column] - start);
        start = ends[i][column];
      }
    }
    return rows;
  }

  private static void digits(StringBuilder text, Random random, int groups) {
    for (int group = 0; group < groups; group++) {
      text.append(group == 0 ? "" : "-");
      text.append(String.format("%011d", random.nextLong(100_000_000_000L)));
    }
  }
}
