package io.varve.mysql;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * So many bytes a second for all who move some of them together: a token bucket that may run into
 * debt, so that a row of any size can be paid for. Thread-safe.
 */
final class RateLimit {

  /** Time that was not used may be made up for up to this: bytes come in bursts. */
  private static final long CREDIT_NANOS = Duration.ofMillis(200).toNanos();

  private final OptionalLong bytesPerSecond;
  private long paidUntil = System.nanoTime();

  RateLimit(OptionalLong bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * Notes that so many bytes are moved.
   *
   * @return how long whoever moves them has to wait
   */
  Duration reserve(long bytes) {
    if (bytesPerSecond.isEmpty()) {
      return Duration.ZERO;
    }
    long cost = (long) (bytes * 1e9 / bytesPerSecond.getAsLong());
    synchronized (this) {
      long now = System.nanoTime();
      long debt = Math.max(paidUntil - now, -CREDIT_NANOS) + cost;
      paidUntil = now + debt;
      return Duration.ofNanos(Math.max(0, debt));
    }
  }
}
