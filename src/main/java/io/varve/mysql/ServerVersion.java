package io.varve.mysql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's version; compare only versions of one flavour.
 *
 * @param text what the server itself answers, such as {@code 10.11.19-MariaDB-log}
 */
public record ServerVersion(int major, int minor, int patch, String text) {

  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");

  /** MariaDB's {@code 5.5.5-} prefix, meant for old replicas, is not part of the version. */
  static ServerVersion parse(String text) {
    String plain = text.startsWith("5.5.5-10.") ? text.substring("5.5.5-".length()) : text;
    Matcher matcher = NUMBERS.matcher(plain);
    if (!matcher.matches()) {
      return new ServerVersion(0, 0, 0, text);
    }
    String patch = matcher.group(3);
    return new ServerVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        patch == null ? 0 : Integer.parseInt(patch),
        text);
  }

  public boolean isAtLeast(int otherMajor, int otherMinor, int otherPatch) {
    if (major != otherMajor) {
      return major > otherMajor;
    }
    if (minor != otherMinor) {
      return minor > otherMinor;
    }
    return patch >= otherPatch;
  }

  @Override
  public String toString() {
    return text;
  }
}
