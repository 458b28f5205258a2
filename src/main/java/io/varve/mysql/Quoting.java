package io.varve.mysql;

import java.util.List;

/**
 * What quotes mean in a statement: that depends on the {@code sql_mode} under which it was written.
 *
 * @param ansi whether double quotes enclose names ({@code ANSI_QUOTES}) and not strings
 * @param backslashEscapes whether a backslash in a string takes the next character's meaning away
 */
record Quoting(boolean ansi, boolean backslashEscapes) {

  /** Of what Varve's sessions are shown: tables and views. */
  static final Quoting PLAIN = new Quoting(false, true);

  static Quoting under(String sqlMode) {
    List<String> modes = List.of(sqlMode.split(",", -1));
    return new Quoting(modes.contains("ANSI_QUOTES"), !modes.contains("NO_BACKSLASH_ESCAPES"));
  }

  boolean enclosesNames(char quote) {
    return quote == '`' || (quote == '"' && ansi);
  }

  boolean escapes(char within) {
    return backslashEscapes && !enclosesNames(within);
  }
}
