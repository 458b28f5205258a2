package io.varve.cli;

import java.nio.charset.Charset;

/**
 * Bars of a fixed width, in block characters or, where the terminal's charset has none, in ASCII.
 */
record Bars(char full, char kept, char empty) {

  private static final Bars BLOCKS = new Bars('█', '░', '·');
  private static final Bars ASCII = new Bars('#', '-', '.');

  static Bars of(Charset terminal) {
    return terminal.canEncode() && terminal.newEncoder().canEncode("█░·") ? BLOCKS : ASCII;
  }

  /** How much of a whole is new: that part is full, and never hidden, however small it is. */
  String share(long part, long whole, int width) {
    int cells = whole == 0 ? 0 : cells((double) part / whole, width, part > 0);
    int old = whole == 0 ? 0 : width - cells;
    return String.valueOf(kept).repeat(old) + String.valueOf(full).repeat(cells);
  }

  /** A stretch of time within a longer one. */
  String stretch(double from, double to, double whole, int width) {
    if (whole <= 0) {
      return String.valueOf(empty).repeat(width);
    }
    int first = Math.clamp((int) (from / whole * width), 0, width - 1);
    int end = Math.clamp((int) Math.ceil(to / whole * width), first + 1, width);
    return String.valueOf(empty).repeat(first)
        + String.valueOf(full).repeat(end - first)
        + String.valueOf(empty).repeat(width - end);
  }

  private static int cells(double share, int width, boolean any) {
    return Math.clamp(Math.round(share * width), any ? 1 : 0, width);
  }
}
