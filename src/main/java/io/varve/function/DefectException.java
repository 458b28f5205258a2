package io.varve.function;

/**
 * Something in Varve is wrong: to call again does not help. Its name is what a state machine
 * matches on.
 */
public final class DefectException extends RuntimeException {

  private static final long serialVersionUID = 1;

  DefectException(Throwable cause) {
    super(
        "A defect in Varve: " + cause.getClass().getName() + ". Please report what the log says.",
        cause);
  }
}
