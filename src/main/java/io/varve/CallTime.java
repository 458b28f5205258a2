package io.varve;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The time of one call of a work that may take several, and whether this call has come any further.
 * One that has not would not end in any number of calls, and is to be refused. Thread-safe.
 */
public final class CallTime {

  private final TimeLimit limit;
  private final AtomicBoolean further = new AtomicBoolean();

  public CallTime(TimeLimit limit) {
    this.limit = limit;
  }

  public TimeLimit limit() {
    return limit;
  }

  /** Whether there is a limit at all. */
  public boolean isLimited() {
    return limit != TimeLimit.NONE;
  }

  /** Whether it is time to stop. */
  public boolean isUp() {
    return limit.isNear();
  }

  /** Something is done for good: no later call does it again. */
  public void cameFurther() {
    further.set(true);
  }

  /** Whether anything is done that no later call does again. */
  public boolean hasComeFurther() {
    return further.get();
  }

  /** What a call has for work, for messages: {@code "9.0 seconds"}. */
  public String given() {
    return String.format(Locale.ROOT, "%.1f seconds", limit.usable().toMillis() / 1000.0);
  }
}
