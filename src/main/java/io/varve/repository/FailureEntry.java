package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.VarveException;

/**
 * Why something failed, for people and programs.
 *
 * @param error the class of the failure, which says what to do
 * @param message what was done, to what, why it failed, and what to do
 */
public record FailureEntry(String error, String message) {

  public FailureEntry {
    requireNonNull(error, "error");
    requireNonNull(message, "message");
  }

  /** Of a failure; only the words of our own are known to hold no secret. */
  public static FailureEntry of(Throwable failure) {
    return new FailureEntry(
        failure.getClass().getSimpleName(),
        failure instanceof VarveException ? String.valueOf(failure.getMessage()) : "");
  }

  /** Its message; of one without any, the class of the failure. */
  public String reason() {
    return message.isEmpty() ? error : message;
  }
}
