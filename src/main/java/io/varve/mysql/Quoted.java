package io.varve.mysql;

/** Names and texts as they stand in SQL, under sql_mode ''. */
final class Quoted {

  private Quoted() {}

  static String identifier(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** A string literal; not for values with NULs or of another charset than the connection's. */
  static String text(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
