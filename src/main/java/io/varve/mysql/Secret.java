package io.varve.mysql;

import static java.util.Objects.requireNonNull;

/** A password. It prints as {@code ***}, so that no log, error or record shows it by accident. */
public final class Secret {

  /** The password of an account that has none. */
  public static final Secret EMPTY = new Secret("");

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(requireNonNull(value, "value is null"));
  }

  /** The password itself: for the server, never for a text that people read. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
