package io.varve.cli;

import java.util.ArrayList;
import java.util.List;

/** A table of text whose columns are as wide as what is in them. */
final class Columns {

  private final List<String> heads;
  private final String alignment;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param alignment a letter for each column: l or r
   */
  Columns(String alignment, String... heads) {
    this.alignment = alignment;
    this.heads = List.of(heads);
    rows.add(this.heads);
  }

  Columns row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** One string for each line, the heads first. */
  List<String> lines() {
    int[] widths = new int[heads.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - length(row.get(i)));
      line.append(i == 0 ? "" : "  ")
          .append(alignment.charAt(i) == 'r' ? space + row.get(i) : row.get(i) + space);
    }
    return line.toString().stripTrailing();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
