package io.varve.store;

import io.varve.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** What a key may look like, and the order in which stores list keys. */
final class ObjectKeys {

  /** S3's limit for the whole key; the store's prefix counts. */
  static final int LONGEST_BYTES = 1024;

  /** By UTF-8 bytes, as S3 lists; {@link String#compareTo} differs beyond the basic plane. */
  static final Comparator<String> ORDER =
      Comparator.comparing(
          key -> key.getBytes(StandardCharsets.UTF_8), (a, b) -> Arrays.compareUnsigned(a, b));

  private ObjectKeys() {}

  /** No empty, {@code .} or {@code ..} segment: such keys mean other objects on other stores. */
  static boolean isWellFormed(String key) {
    for (String segment : key.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  static void check(String doing, String location, String prefix, String key) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      throw new InvalidRequestException(
          doing, location + "/" + key, "the key is no Unicode text", "Choose another name.");
    }
    if (!isWellFormed(key)) {
      throw new InvalidRequestException(
          doing,
          location + "/" + key,
          "the key has an empty, '.' or '..' segment",
          "Choose another name.");
    }
    int bytes = (prefix + key).getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_BYTES) {
      throw new InvalidRequestException(
          doing,
          location + "/" + key,
          "the key has " + bytes + " bytes, and S3 allows " + LONGEST_BYTES,
          "Use a shorter prefix or source name.");
    }
  }
}
