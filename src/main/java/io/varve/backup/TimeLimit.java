package io.varve.backup;

import java.time.Duration;

/**
 * Until when a run may work. Shortly before it the run stops taking work, to have time to say what
 * it has done. Thread-safe.
 */
public final class TimeLimit {

  /** No limit. */
  public static final TimeLimit NONE = new TimeLimit(Duration.ZERO, Long.MAX_VALUE);

  private static final Duration LEAST_MARGIN = Duration.ofMillis(500);
  private static final Duration MOST_MARGIN = Duration.ofSeconds(30);

  private final Duration whole;
  private final long stopNanoTime;

  private TimeLimit(Duration whole, long stopNanoTime) {
    this.whole = whole;
    this.stopNanoTime = stopNanoTime;
  }

  /** So long from now on; a tenth of it, half a second to half a minute, is kept for the end. */
  public static TimeLimit in(Duration whole) {
    Duration margin = whole.dividedBy(10);
    margin = margin.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : margin;
    margin = margin.compareTo(MOST_MARGIN) > 0 ? MOST_MARGIN : margin;
    return new TimeLimit(whole, System.nanoTime() + whole.minus(margin).toNanos());
  }

  /** Whether it is time to stop. */
  boolean isNear() {
    return this != NONE && System.nanoTime() - stopNanoTime >= 0;
  }

  /** What was given. */
  Duration whole() {
    return whole;
  }
}
