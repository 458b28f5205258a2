package io.varve.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The output of SHOW CREATE TABLE, taken apart into what must stand before the rows are loaded and
 * what is quicker, or only possible, after.
 *
 * @param beforeLoad a whole CREATE TABLE
 * @param indexes definitions for ALTER TABLE ADD
 * @param foreignKeys definitions for ALTER TABLE ADD
 */
record CreateTable(String beforeLoad, List<String> indexes, List<String> foreignKeys) {

  private static final Pattern INDEX =
      Pattern.compile("^(?:UNIQUE |FULLTEXT |SPATIAL |VECTOR )?KEY `((?:[^`]|``)*)`");
  private static final Pattern NAME = Pattern.compile("`(?:[^`]|``)*`");
  private static final Pattern FOREIGN_KEY =
      Pattern.compile("^(?:CONSTRAINT `(?:[^`]|``)*` )?FOREIGN KEY");

  /**
   * Splits a statement.
   *
   * @param showCreate as the server prints it under sql_mode ''
   * @param keptIndexes names of the indexes that stay: the range key's, and one with AUTO_INCREMENT
   */
  static CreateTable split(String showCreate, Set<String> keptIndexes) {
    int open = SqlText.indexOf(showCreate, '(', 0);
    int close = SqlText.closing(showCreate, open);
    List<String> kept = new ArrayList<>();
    List<String> indexes = new ArrayList<>();
    List<String> foreignKeys = new ArrayList<>();
    for (String item : SqlText.splitAtCommas(showCreate.substring(open + 1, close))) {
      String definition = item.strip();
      Matcher index = INDEX.matcher(definition);
      if (FOREIGN_KEY.matcher(definition).find()) {
        foreignKeys.add(definition);
      } else if (index.find() && !keptIndexes.contains(index.group(1).replace("``", "`"))) {
        indexes.add(definition);
      } else {
        kept.add("  " + definition);
      }
    }
    String create =
        showCreate.substring(0, open + 1)
            + "\n"
            + String.join(",\n", kept)
            + "\n"
            + showCreate.substring(close);
    return new CreateTable(create, List.copyOf(indexes), List.copyOf(foreignKeys));
  }

  /** Each definition between the parentheses of a CREATE TABLE. */
  static List<String> items(String create) {
    int open = SqlText.indexOf(create, '(', 0);
    return SqlText.splitAtCommas(create.substring(open + 1, SqlText.closing(create, open))).stream()
        .map(String::strip)
        .toList();
  }

  /** The statement with each definition, and with what follows them, in other words. */
  static String reworded(String create, UnaryOperator<String> item, UnaryOperator<String> options) {
    int open = SqlText.indexOf(create, '(', 0);
    return create.substring(0, open + 1)
        + items(create).stream().map(item).collect(Collectors.joining(",\n  ", "\n  ", "\n"))
        + options.apply(create.substring(SqlText.closing(create, open)));
  }

  /** A statement for a table of another name and with other definitions, all else as it is. */
  static String with(String create, TableName name, List<String> items) {
    int close = SqlText.closing(create, SqlText.indexOf(create, '(', 0));
    return "CREATE TABLE "
        + name.quoted()
        + " ("
        + String.join(", ", items)
        + create.substring(close);
  }

  /** A whole CREATE TABLE, as {@link #split} makes it, with indexes again. */
  static String withIndexes(String create, List<String> indexes) {
    if (indexes.isEmpty()) {
      return create;
    }
    int close = SqlText.closing(create, SqlText.indexOf(create, '(', 0));
    return create.substring(0, close).stripTrailing()
        + ",\n  "
        + String.join(",\n  ", indexes)
        + "\n"
        + create.substring(close);
  }

  static Set<String> names(List<String> definitions) {
    return definitions.stream().map(CreateTable::name).collect(Collectors.toSet());
  }

  /** The name in an index's or foreign key's definition. */
  static String name(String definition) {
    Matcher name = NAME.matcher(definition);
    return name.find() ? name.group() : definition;
  }

  static boolean isFulltext(String index) {
    return index.toUpperCase(Locale.ROOT).startsWith("FULLTEXT");
  }
}
