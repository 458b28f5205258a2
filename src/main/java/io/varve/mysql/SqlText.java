package io.varve.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks into a statement without being fooled by quotes and comments: a comma in a comment, a
 * parenthesis in a default or in a name is not one of the statement's. What stands in a {@code
 * /*!...*}{@code /} the server runs, so it is looked at.
 */
final class SqlText {

  private SqlText() {}

  /** Where a character stands in the statement itself, from an index on; -1 where it does not. */
  static int indexOf(String sql, char wanted, int from) {
    for (int i = from; i < sql.length(); i = next(sql, Quoting.PLAIN, i)) {
      if (sql.charAt(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The first match of a pattern that begins in the statement itself; it may reach over what is
   * quoted.
   */
  static Optional<Matcher> find(String sql, Quoting quoting, Pattern pattern) {
    Matcher matcher = pattern.matcher(sql);
    for (int i = 0; i < sql.length(); i = next(sql, quoting, i)) {
      if (matcher.region(i, sql.length()).lookingAt()) {
        return Optional.of(matcher);
      }
    }
    return Optional.empty();
  }

  /** Replaces each match of a pattern that begins in the statement itself. */
  static String replace(
      String sql, Quoting quoting, Pattern pattern, Function<MatchResult, String> replacement) {
    Matcher matcher = pattern.matcher(sql).useTransparentBounds(true).useAnchoringBounds(false);
    StringBuilder replaced = new StringBuilder(sql.length());
    int i = 0;
    while (i < sql.length()) {
      boolean found = matcher.region(i, sql.length()).lookingAt() && matcher.end() > i;
      int end = found ? matcher.end() : next(sql, quoting, i);
      replaced.append(found ? replacement.apply(matcher) : sql.substring(i, end));
      i = end;
    }
    return replaced.toString();
  }

  /** The parenthesis that closes the one at an index. */
  static int closing(String sql, int open) {
    int depth = 0;
    for (int i = open; i < sql.length(); i = next(sql, Quoting.PLAIN, i)) {
      if (sql.charAt(i) == '(') {
        depth++;
      } else if (sql.charAt(i) == ')' && --depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("a parenthesis is not closed in: " + sql);
  }

  /** Splits at the commas that stand outside of parentheses. */
  static List<String> splitAtCommas(String sql) {
    List<String> items = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < sql.length(); i = next(sql, Quoting.PLAIN, i)) {
      char at = sql.charAt(i);
      if (at == '(') {
        depth++;
      } else if (at == ')') {
        depth--;
      } else if (at == ',' && depth == 0) {
        items.add(sql.substring(start, i));
        start = i + 1;
      }
    }
    items.add(sql.substring(start));
    return items;
  }

  /** Gives schemas other names wherever they qualify a name: {@code shop.orders}. */
  static String renameSchemas(String sql, Quoting quoting, Map<String, String> names) {
    StringBuilder renamed = new StringBuilder(sql.length());
    int i = 0;
    boolean qualified = false; // whether a dot stands before: then the name is no schema's
    while (i < sql.length()) {
      int end = wordEnd(sql, quoting, i);
      String word = sql.substring(i, end);
      String name = names.get(unquoted(word, quoting));
      boolean qualifies = end < sql.length() && sql.charAt(end) == '.';
      renamed.append(name != null && qualifies && !qualified ? Quoted.identifier(name) : word);
      qualified = word.equals(".");
      i = end;
    }
    return renamed.toString();
  }

  private static int wordEnd(String sql, Quoting quoting, int start) {
    if (!isWord(sql.charAt(start))) {
      return next(sql, quoting, start);
    }
    int end = start;
    while (end < sql.length() && isWord(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private static String unquoted(String word, Quoting quoting) {
    String quote = word.substring(0, 1);
    return word.length() > 1 && quoting.enclosesNames(word.charAt(0))
        ? word.substring(1, word.length() - 1).replace(quote + quote, quote)
        : word;
  }

  /** The index after a character, or after the whole quoted text or comment that it begins. */
  private static int next(String sql, Quoting quoting, int index) {
    char at = sql.charAt(index);
    return switch (at) {
      case '\'', '"', '`' -> quoteEnd(sql, quoting, index);
      case '#' -> lineEnd(sql, index);
      case '-' -> isDashComment(sql, index) ? lineEnd(sql, index) : index + 1;
      case '/' -> {
        boolean comment = sql.startsWith("/*", index) && !sql.startsWith("/*!", index);
        int end = comment ? sql.indexOf("*/", index + 2) : -1;
        yield end < 0 ? index + 1 : end + 2;
      }
      default -> index + 1;
    };
  }

  private static boolean isDashComment(String sql, int index) {
    return sql.startsWith("--", index)
        && (index + 2 == sql.length() || sql.charAt(index + 2) <= ' ');
  }

  private static int lineEnd(String sql, int index) {
    int end = sql.indexOf('\n', index);
    return end < 0 ? sql.length() : end;
  }

  private static int quoteEnd(String sql, Quoting quoting, int index) {
    char quote = sql.charAt(index);
    int i = index + 1;
    while (i < sql.length()) {
      char at = sql.charAt(i);
      if (at == '\\' && quoting.escapes(quote)) {
        i += 2;
      } else if (at != quote) {
        i++;
      } else if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
        i += 2; // a doubled quote stands for itself
      } else {
        return i + 1;
      }
    }
    return sql.length();
  }
}
