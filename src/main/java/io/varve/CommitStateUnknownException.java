package io.varve;

import org.jspecify.annotations.Nullable;

/**
 * The answer to the commit was lost and could not be read back: look before acting, clean up
 * nothing.
 */
public final class CommitStateUnknownException extends VarveException {

  public CommitStateUnknownException(
      String doing, String subject, String reason, String hint, @Nullable Throwable cause) {
    super(doing, subject, reason, hint, cause);
  }

  public CommitStateUnknownException(String doing, String subject, String reason, String hint) {
    this(doing, subject, reason, hint, null);
  }

  @Override
  public int exitCode() {
    return 6;
  }
}
