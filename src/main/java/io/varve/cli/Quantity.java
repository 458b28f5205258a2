package io.varve.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Quantity {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Quantity() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, UNITS[unit]);
  }

  static String seconds(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
  }

  /** A time that is longer, more roughly. */
  static String age(long seconds) {
    return seconds < 86_400
        ? seconds(seconds).replaceFirst("[.]0 s$", " s")
        : String.format(Locale.ROOT, "%d d %d h", seconds / 86_400, seconds / 3600 % 24);
  }

  static String rate(long bytes, double seconds) {
    return bytes(seconds <= 0 ? bytes : (long) (bytes / seconds)) + "/s";
  }

  static String ratio(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.2f", (double) part / whole);
  }
}
