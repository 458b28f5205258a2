package io.varve;

import org.jspecify.annotations.Nullable;

/** A server or a store is away, overloaded or cut off; the same call may succeed later. */
public final class RetryLaterException extends VarveException {

  public RetryLaterException(
      String doing, String subject, String reason, String hint, @Nullable Throwable cause) {
    super(doing, subject, reason, hint, cause);
  }

  public RetryLaterException(String doing, String subject, String reason, String hint) {
    this(doing, subject, reason, hint, null);
  }

  @Override
  public int exitCode() {
    return 5;
  }
}
