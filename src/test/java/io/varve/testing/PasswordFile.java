package io.varve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with a password on its first line; closing deletes it. */
public record PasswordFile(Path path) implements AutoCloseable {

  public static PasswordFile of(String password) {
    try {
      Path path = Files.createTempFile("varve-password-", "");
      return new PasswordFile(Files.writeString(path, password + "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
