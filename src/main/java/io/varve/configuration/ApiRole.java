package io.varve.configuration;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a user of the API may do. */
public enum ApiRole {
  /** See backups, jobs and schedules. */
  READ,
  /** Read, and begin backups, verifications and prunes. */
  BACKUP,
  /** Read, and write into targets. */
  RESTORE;

  /** Its name in the document, in tokens and in the API's documentation. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ApiRole> named(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(ApiRole::word).collect(Collectors.joining(", "));
  }
}
