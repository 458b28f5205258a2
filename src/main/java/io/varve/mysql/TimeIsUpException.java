package io.varve.mysql;

/**
 * The time was up in the middle of a statement, which was given up, and its connection with it.
 * Never shown to users.
 */
public final class TimeIsUpException extends RuntimeException {

  @java.io.Serial private static final long serialVersionUID = 1;

  public TimeIsUpException() {
    super("the time is up", null, false, false);
  }
}
