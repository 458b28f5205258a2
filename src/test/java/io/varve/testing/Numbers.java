package io.varve.testing;

import java.util.ArrayList;
import java.util.List;

/** Numbers in SQL that every server understands. */
public final class Numbers {

  private static final String DIGITS =
      "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
          + " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8"
          + " UNION ALL SELECT 9)";

  private Numbers() {}

  /** A derived table {@code numbers} with a column {@code n}: 0 up to, not including, the limit. */
  public static String below(int limit) {
    List<String> terms = new ArrayList<>();
    List<String> tables = new ArrayList<>();
    for (int power = 1; power < limit || terms.isEmpty(); power *= 10) {
      String table = "d" + power;
      terms.add(table + ".d * " + power);
      tables.add(DIGITS + " " + table);
    }
    return "(SELECT "
        + String.join(" + ", terms)
        + " AS n FROM "
        + String.join(", ", tables)
        + " HAVING n < "
        + limit
        + ") numbers";
  }
}
