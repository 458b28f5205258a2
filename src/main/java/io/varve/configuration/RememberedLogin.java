package io.varve.configuration;

import io.varve.RetryLaterException;
import io.varve.mysql.Credentials;
import io.varve.mysql.Login;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A login that is read elsewhere, remembered for a time, and read anew when a server refuses it. Of
 * several threads one reads, and the others wait for it. Where it cannot be read anew just now, the
 * remembered one goes on: it is most likely good still, and a server that refuses it says so.
 */
final class RememberedLogin implements Credentials {

  private static final int RETRIES_WITHIN_A_TERM = 10;

  private final Duration term;
  private final String origin;
  private final Supplier<Login> reading;
  private final InstantSource clock;

  private @Nullable Login remembered;
  private Instant due = Instant.MIN;

  RememberedLogin(Duration term, String origin, Supplier<Login> reading, InstantSource clock) {
    this.term = term;
    this.origin = origin;
    this.reading = reading;
    this.clock = clock;
  }

  static RememberedLogin forMinutes(int minutes, String origin, Supplier<Login> reading) {
    return new RememberedLogin(
        Duration.ofMinutes(minutes), origin, reading, InstantSource.system());
  }

  @Override
  public synchronized Login login() {
    Login known = remembered;
    if (known == null) {
      return read();
    }
    if (clock.instant().isBefore(due)) {
      return known;
    }
    try {
      return read();
    } catch (RetryLaterException notNow) {
      due = clock.instant().plus(term.dividedBy(RETRIES_WITHIN_A_TERM));
      return known;
    }
  }

  @Override
  public synchronized Optional<Login> loginAfterRefusalOf(Login refused) {
    Login known = remembered;
    if (known != null && !known.equals(refused)) {
      return Optional.of(known); // another thread was refused first, and has read it
    }
    return Optional.of(read()).filter(anew -> !anew.equals(refused));
  }

  private Login read() {
    Login login = reading.get();
    remembered = login;
    due = clock.instant().plus(term);
    return login;
  }

  @Override
  public String toString() {
    return "RememberedLogin[" + origin + "]";
  }
}
