package io.varve.mysql;

import java.util.Optional;

/**
 * Who logs in, and with what. Both may change while a run lasts: it opens connections all the time,
 * and a password may be rotated meanwhile. Thread-safe.
 *
 * <p>What reads them from somewhere else throws {@link io.varve.RetryLaterException} where that
 * does not answer, and {@link io.varve.InvalidRequestException} where it holds no login.
 */
public interface Credentials {

  /** What to log in with now. May be remembered from an earlier call. */
  Login login();

  /**
   * What to log in with after the server has refused a login: read anew, or what another thread has
   * read since.
   *
   * @return empty if there is no other than the refused one
   */
  Optional<Login> loginAfterRefusalOf(Login refused);

  /** Those that never change. */
  static Credentials fixed(String user, Secret password) {
    return new FixedCredentials(new Login(user, password));
  }
}

/** One login for good. */
record FixedCredentials(Login login) implements Credentials {

  @Override
  public Optional<Login> loginAfterRefusalOf(Login refused) {
    return Optional.empty();
  }
}
