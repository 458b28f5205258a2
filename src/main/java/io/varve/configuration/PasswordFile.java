package io.varve.configuration;

import io.varve.InvalidRequestException;
import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with a password on its first line, which whoever mounts it may replace. */
final class PasswordFile {

  private PasswordFile() {}

  static Login read(String user, Path file) {
    try {
      return new Login(user, Secret.of(Files.readString(file).lines().findFirst().orElse("")));
    } catch (IOException unreadable) {
      throw new InvalidRequestException(
          "read the password file",
          file.toString(),
          "it cannot be read",
          "Check the path and its permissions; the password stands on the first line.",
          unreadable);
    }
  }
}
