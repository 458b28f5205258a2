package io.varve.store;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A key's segment as a file's name, and back.
 *
 * <p>Plain characters stay as they are; every other byte is written {@code =XX}. So names do not
 * depend on the locale (a JVM in a container without one cannot write a single umlaut), nor on a
 * file system that folds Unicode or forbids {@code :} and {@code ?}. The percent sign stays plain,
 * for keys are full of it.
 */
final class FileNames {

  /** What the store itself puts beside objects; no segment is ever encoded to begin like that. */
  static final String OWN = ".varve-";

  private static final String NOT_PLAIN = "=\\:*?\"<>|";

  private static final String HEX = "0123456789ABCDEF";

  private FileNames() {}

  static String encode(String segment) {
    StringBuilder name = new StringBuilder(segment.length());
    byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int b = bytes[i] & 0xff;
      boolean looksLikeOwn = i == 0 && segment.startsWith(OWN);
      if (b >= ' ' && b < 0x7f && NOT_PLAIN.indexOf(b) < 0 && !looksLikeOwn) {
        name.append((char) b);
      } else {
        name.append('=').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 15));
      }
    }
    return name.toString();
  }

  /** Empty for a file that no key can have: it was put there by somebody else. */
  static Optional<String> decode(String name) {
    byte[] bytes = new byte[name.length()];
    int length = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '=') {
        if (c >= 0x7f) {
          return Optional.empty();
        }
        bytes[length++] = (byte) c;
        continue;
      }
      if (i + 2 >= name.length()) {
        return Optional.empty();
      }
      int high = HEX.indexOf(name.charAt(i + 1));
      int low = HEX.indexOf(name.charAt(i + 2));
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      bytes[length++] = (byte) (high << 4 | low);
      i += 2;
    }
    String segment = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return encode(segment).equals(name) ? Optional.of(segment) : Optional.empty();
  }
}
