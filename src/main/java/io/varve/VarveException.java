package io.varve;

import org.jspecify.annotations.Nullable;

/**
 * A failure a person can act on: what was being done, to what, why it failed, and what to do about
 * it.
 *
 * <p>The subclass names the decision its caller takes; exit codes, HTTP problem types and the retry
 * rules of state machines follow from the class alone. Neither the text nor the cause chain may
 * hold a password or a row value.
 */
public abstract sealed class VarveException extends RuntimeException
    permits CommitStateUnknownException,
        ContinueException,
        DamageFoundException,
        InvalidRequestException,
        RetryLaterException {

  private final String doing;
  private final String subject;
  private final String reason;
  private final String hint;

  /**
   * @param doing what was attempted, as a verb phrase that completes "cannot ...": {@code "connect
   *     to"}
   * @param subject what it was attempted on: a store's location, a server's address, a table, an
   *     object's key
   * @param reason what went wrong, as a clause without a full stop
   * @param hint what the user can do, as one or more whole sentences
   * @param cause the failure underneath, if any
   */
  protected VarveException(
      String doing, String subject, String reason, String hint, @Nullable Throwable cause) {
    super("Cannot " + doing + " " + subject + ": " + reason + ". " + hint, cause);
    this.doing = doing;
    this.subject = subject;
    this.reason = reason;
    this.hint = hint;
  }

  public final String doing() {
    return doing;
  }

  public final String subject() {
    return subject;
  }

  public final String reason() {
    return reason;
  }

  public final String hint() {
    return hint;
  }

  /** The exit code of a command that ends with this failure; documented in docs/cli.md. */
  public abstract int exitCode();
}
