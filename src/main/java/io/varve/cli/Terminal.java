package io.varve.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What standard error leads to. */
final class Terminal {

  private Terminal() {}

  /** Whether a person may be watching. */
  static boolean isInteractive() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException notLinux) {
      // newer JDKs answer with a console even when there is no terminal: the launcher knows
      return "1".equals(System.getenv("VARVE_TERMINAL"));
    }
  }

  static int width() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 100;
  }
}
