package io.varve.backup;

import io.varve.TimeLimit;
import io.varve.mysql.Throttle;

/**
 * Whether a worker may go on: not when the time is up, and not while the source is busy with
 * others. Thread-safe.
 */
record Pace(TimeLimit limit, Throttle throttle) {

  boolean isTimeUp() {
    return limit.isNear();
  }

  /** The clock that the time goes by. */
  long nanoTime() {
    return limit.nanoTime();
  }

  /** Waits while the source is busy; false when the time is up. */
  boolean mayGoOn() {
    return !limit.isNear() && throttle.await();
  }

  /** Waits until bytes are paid for that the server goes through; false when the time is up. */
  boolean pay(long bytes) {
    return throttle.take(bytes);
  }

  /**
   * As much as is read by one query at most: some second's worth, so that neither a metadata lock
   * nor the end of the time waits for more.
   */
  long mostBytesAQuery() {
    return throttle.bytesPerSecond().orElse(Long.MAX_VALUE);
  }
}
