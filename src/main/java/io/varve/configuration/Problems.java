package io.varve.configuration;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a document, each by its path: {@code sources.shop.address is missing}. */
final class Problems {

  private final List<String> texts = new ArrayList<>();

  void add(String path, String what) {
    texts.add((path.isEmpty() ? "the document" : path) + " " + what);
  }

  boolean any() {
    return !texts.isEmpty();
  }

  /** All of them as one clause. */
  String text() {
    return String.join("; ", texts);
  }
}
