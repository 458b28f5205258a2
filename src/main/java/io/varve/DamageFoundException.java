package io.varve;

import org.jspecify.annotations.Nullable;

/**
 * What is stored, or what was restored, is not what the manifest says; nothing was loaded from the
 * damaged object.
 */
public final class DamageFoundException extends VarveException {

  public DamageFoundException(
      String doing, String subject, String reason, String hint, @Nullable Throwable cause) {
    super(doing, subject, reason, hint, cause);
  }

  public DamageFoundException(String doing, String subject, String reason, String hint) {
    this(doing, subject, reason, hint, null);
  }

  @Override
  public int exitCode() {
    return 4;
  }
}
