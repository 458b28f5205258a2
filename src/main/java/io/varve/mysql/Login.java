package io.varve.mysql;

import static java.util.Objects.requireNonNull;

/** A user and the password that goes with it. Prints no password. */
public record Login(String user, Secret password) {

  public Login {
    requireNonNull(user, "user is null");
    requireNonNull(password, "password is null");
  }
}
