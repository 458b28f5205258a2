package io.varve;

/**
 * The time is up before the work is done; what was done is kept. Not a failure: the next call with
 * the token goes on.
 */
public final class ContinueException extends VarveException {

  private final String token;

  /**
   * @param token for the next call
   */
  public ContinueException(String doing, String subject, String reason, String token) {
    super(
        doing,
        subject,
        reason,
        "Call it again: it goes on where it stopped (--continue " + token + ").",
        null);
    this.token = token;
  }

  /** What the next call goes on with. */
  public String token() {
    return token;
  }

  @Override
  public int exitCode() {
    return 7;
  }
}
