package io.varve;

/**
 * The time is up before the work is done; what was done is kept. Not a failure: the next call with
 * the token goes on.
 */
public final class ContinueException extends VarveException {

  private final String token;

  /**
   * @param token for the next call; empty where the same call goes on by itself
   * @param hint how to make that call, as whole sentences
   */
  public ContinueException(String doing, String subject, String reason, String token, String hint) {
    super(doing, subject, reason, hint, null);
    this.token = token;
  }

  /** The same for whoever goes on another way: a command that has this work as its part. */
  public ContinueException hinting(String otherHint) {
    return new ContinueException(doing(), subject(), reason(), token, otherHint);
  }

  /** The same for whoever notes something else for the next call. */
  public ContinueException noting(String otherToken) {
    return new ContinueException(doing(), subject(), reason(), otherToken, hint());
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
