package io.varve.server;

import io.varve.Progress;
import io.varve.api.Activity;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Hears what a job does, for whoever asks. Thread-safe. */
final class JobActivity implements Progress {

  private static final int MOST_WARNINGS = 20;

  private final Instant since;
  private final Deque<String> warnings = new ArrayDeque<>();
  private String phase = "beginning";
  private long expectedBytes;
  private long rows;
  private long bytes;

  JobActivity(Clock clock) {
    this.since = clock.instant();
  }

  @Override
  public synchronized void begin(String newPhase, long newExpectedBytes) {
    phase = newPhase;
    expectedBytes = newExpectedBytes;
    rows = 0;
    bytes = 0;
  }

  @Override
  public synchronized void advance(long moreRows, long moreBytes) {
    rows += moreRows;
    bytes += moreBytes;
  }

  @Override
  public synchronized void warn(String text) {
    if (warnings.size() == MOST_WARNINGS) {
      warnings.removeFirst();
    }
    warnings.addLast(text);
  }

  synchronized Activity now() {
    return new Activity(since, phase, expectedBytes, rows, bytes, List.copyOf(warnings));
  }
}
