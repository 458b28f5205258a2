package io.varve;

import org.jspecify.annotations.Nullable;

/**
 * Trying again will not help: an option, a name, a privilege or the state of the target has to
 * change first.
 */
public final class InvalidRequestException extends VarveException {

  public InvalidRequestException(
      String doing, String subject, String reason, String hint, @Nullable Throwable cause) {
    super(doing, subject, reason, hint, cause);
  }

  public InvalidRequestException(String doing, String subject, String reason, String hint) {
    this(doing, subject, reason, hint, null);
  }

  @Override
  public int exitCode() {
    return 3;
  }
}
