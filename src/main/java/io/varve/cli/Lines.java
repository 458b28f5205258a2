package io.varve.cli;

import java.util.Locale;

/** A report: a title, and lines with a word in front. */
final class Lines {

  private final StringBuilder text;

  private Lines(String title) {
    text = new StringBuilder(title);
  }

  static Lines of(String title) {
    return new Lines(title);
  }

  Lines line(String word, String value) {
    text.append(String.format(Locale.ROOT, "%n  %-9s %s", word, value));
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
