package io.varve;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Until when a run may work. Shortly before it the run stops taking work, to have time to say what
 * it has done. Thread-safe.
 */
public final class TimeLimit {

  /** No limit. */
  public static final TimeLimit NONE =
      new TimeLimit(Duration.ZERO, Duration.ZERO, System::nanoTime);

  private static final Duration LEAST_MARGIN = Duration.ofMillis(500);
  private static final Duration MOST_MARGIN = Duration.ofSeconds(30);

  private final Duration whole;
  private final Duration usable;
  private final LongSupplier ticker;
  private final long start;

  private TimeLimit(Duration whole, Duration usable, LongSupplier ticker) {
    this.whole = whole;
    this.usable = usable;
    this.ticker = ticker;
    this.start = ticker.getAsLong();
  }

  /** So long from now on; a tenth of it, half a second to half a minute, is kept for the end. */
  public static TimeLimit in(Duration whole) {
    return in(whole, System::nanoTime);
  }

  /** As above, by another clock than the machine's. */
  public static TimeLimit in(Duration whole, LongSupplier nanoTime) {
    Duration margin = whole.dividedBy(10);
    margin = margin.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : margin;
    margin = margin.compareTo(MOST_MARGIN) > 0 ? MOST_MARGIN : margin;
    return new TimeLimit(whole, whole.minus(margin), nanoTime);
  }

  /** Whether it is time to stop. */
  public boolean isNear() {
    return this != NONE && nanoTime() - start >= usable.toNanos();
  }

  /** The clock that it goes by. */
  public long nanoTime() {
    return ticker.getAsLong();
  }

  /**
   * Until it is time to stop; zero from then on, and without a limit longer than anything takes.
   */
  public Duration left() {
    return until(usable);
  }

  /**
   * As {@link #left}, for what is under way when it is time to stop: half of what is kept for the
   * end, so that the other half is there to say what was done.
   */
  public Duration leftForLast() {
    return until(usable.plus(whole.minus(usable).dividedBy(2)));
  }

  private Duration until(Duration end) {
    if (this == NONE) {
      return Duration.ofNanos(Long.MAX_VALUE);
    }
    return Duration.ofNanos(Math.max(0, end.toNanos() - (nanoTime() - start)));
  }

  /** For work; the rest is kept for the end. */
  public Duration usable() {
    return usable;
  }

  /** What was given. */
  public Duration whole() {
    return whole;
  }
}
