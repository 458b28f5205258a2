package io.varve.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Some items of a list, and where the next are.
 *
 * @param next what to give as {@code after} for the items that come next; null at the end
 */
record Page<T>(List<T> items, @Nullable String next) {

  static final int MOST = 1_000;
  static final int USUAL = 100;

  /**
   * Of a list that is whole.
   *
   * @param key which tells an item, and never changes
   * @param after the key of the last item of the page before; null for the first page
   */
  static <T> Page<T> of(
      List<T> all, Function<T, String> key, @Nullable String after, @Nullable String limit) {
    int most = number("limit", limit, USUAL, MOST);
    int from = 0;
    if (after != null) {
      while (from < all.size() && !key.apply(all.get(from)).equals(after)) {
        from++;
      }
      if (from == all.size()) {
        throw Problem.of(
                "invalid-request", "Bad parameter", 400, "after names nothing of this list.")
            .exception();
      }
      from++;
    }
    List<T> items = all.subList(from, Math.min(all.size(), from + most));
    boolean isLast = from + items.size() == all.size();
    return new Page<>(List.copyOf(items), isLast ? null : key.apply(items.getLast()));
  }

  /** A parameter that is a number of things to show. */
  static int number(String parameter, @Nullable String text, int usual, int most) {
    if (text == null) {
      return usual;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException noNumber) {
      // as one that is out of bounds
    }
    throw Problem.of(
            "invalid-request",
            "Bad parameter",
            400,
            parameter + " has to be from 1 to " + most + ".")
        .exception();
  }

  <R> Page<R> map(Function<T, R> shown) {
    return new Page<>(items.stream().map(shown).toList(), next);
  }
}
