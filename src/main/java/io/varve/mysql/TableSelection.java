package io.varve.mysql;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which tables, views, routines and events are meant: shell wildcards on {@code schema.name}. A
 * pattern without a dot means a whole schema. System schemas are never meant.
 *
 * @param includes any of these; all where it is empty
 * @param excludes and none of these
 * @param anyCase whether a letter means its other case too, as names do on some servers
 */
public record TableSelection(List<String> includes, List<String> excludes, boolean anyCase) {

  public static final TableSelection ALL = new TableSelection(List.of(), List.of());

  private static final Set<String> SYSTEM_SCHEMAS =
      Set.of("information_schema", "mysql", "performance_schema", "sys");

  public TableSelection {
    includes = List.copyOf(includes);
    excludes = List.copyOf(excludes);
  }

  /** Letters mean themselves. */
  public TableSelection(List<String> includes, List<String> excludes) {
    this(includes, excludes, false);
  }

  public TableSelection inAnyCase() {
    return new TableSelection(includes, excludes, true);
  }

  public boolean selects(TableName name) {
    return !isSystem(name.schema())
        && (includes.isEmpty() || anyMatches(includes, name.toString()))
        && !anyMatches(excludes, name.toString());
  }

  /** Whether a schema as a whole is meant, so that it is kept even when nothing is in it. */
  public boolean selectsSchema(String schema) {
    // a name that no table has: only a wildcard for the table part matches it
    return selects(new TableName(schema, "\0"));
  }

  static boolean isSystem(String schema) {
    return SYSTEM_SCHEMAS.contains(schema.toLowerCase(java.util.Locale.ROOT));
  }

  private boolean anyMatches(List<String> globs, String name) {
    return globs.stream().anyMatch(glob -> pattern(glob).matcher(name).matches());
  }

  private Pattern pattern(String glob) {
    String whole = glob.contains(".") ? glob : glob + ".*";
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < whole.length(); i++) {
      char at = whole.charAt(i);
      int close = whole.indexOf(']', i + 2);
      switch (at) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '\\' -> {
          i = Math.min(i + 1, whole.length() - 1);
          regex.append(Pattern.quote(whole.substring(i, i + 1)));
        }
        case '[' -> {
          if (close < 0) {
            regex.append("\\[");
          } else {
            String members = whole.substring(i + 1, close).replace("\\", "\\\\");
            regex.append('[').append(members.replaceFirst("^!", "^")).append(']');
            i = close;
          }
        }
        default -> regex.append(Pattern.quote(String.valueOf(at)));
      }
    }
    int flags = anyCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    return Pattern.compile(regex.toString(), Pattern.DOTALL | flags);
  }
}
