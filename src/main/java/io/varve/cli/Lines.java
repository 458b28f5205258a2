package io.varve.cli;

import java.util.List;
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

  /** Lines of their own below the last one. */
  Lines block(List<String> block) {
    block.forEach(line -> text.append(String.format(Locale.ROOT, "%n    %s", line)));
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
