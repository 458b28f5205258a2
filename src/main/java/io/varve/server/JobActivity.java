package io.varve.server;

import io.varve.Progress;
import io.varve.api.Activity;
import io.varve.repository.FailureEntry;
import io.varve.repository.JobLog;
import io.varve.repository.RequestEntry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Hears what a job does, for whoever asks. Thread-safe. */
final class JobActivity implements Progress {

  private static final int MOST_WARNINGS = 20;
  private static final int MOST_LINES = 500;
  private static final double MEBIBYTE = 1 << 20;

  private final Clock clock;
  private final Instant since;
  private final Deque<String> warnings = new ArrayDeque<>();
  private final Deque<JobLog.Line> lines = new ArrayDeque<>();
  private final TablesAtWork tables = new TablesAtWork("beginning");
  private String phase = "beginning";
  private long expectedBytes;
  private long rows;
  private long bytes;

  JobActivity(Clock clock) {
    this.clock = clock;
    this.since = clock.instant();
  }

  @Override
  public synchronized void begin(String newPhase, long newExpectedBytes) {
    tellOfPhase();
    say(
        JobLog.INFO,
        "Begins "
            + newPhase
            + (newExpectedBytes > 0 ? " about " + size(newExpectedBytes) : "")
            + ".");
    phase = newPhase;
    expectedBytes = newExpectedBytes;
    rows = 0;
    bytes = 0;
    tables.begin(newPhase);
  }

  private void tellOfPhase() {
    if (rows > 0) {
      say(
          JobLog.INFO,
          String.format(
              Locale.ROOT,
              "Has ended %s: %,d rows, %s%s.",
              phase,
              rows,
              size(bytes),
              tables.total() > 0
                  ? ", " + tables.done() + " of " + tables.total() + " tables"
                  : ""));
    }
  }

  private static String size(long bytes) {
    return bytes < MEBIBYTE
        ? String.format(Locale.ROOT, "%,d bytes", bytes)
        : String.format(Locale.ROOT, "%,.1f MiB", bytes / MEBIBYTE);
  }

  @Override
  public synchronized void advance(long moreRows, long moreBytes) {
    rows += moreRows;
    bytes += moreBytes;
  }

  @Override
  public synchronized void tables(int number) {
    tables.total(number);
  }

  @Override
  public synchronized void tableBegins(String schema, String table, long ofTable) {
    tables.begins(schema, table, ofTable);
  }

  @Override
  public synchronized void advance(String schema, String table, long moreRows, long moreBytes) {
    advance(moreRows, moreBytes);
    tables.advance(schema, table, moreRows, moreBytes);
  }

  @Override
  public synchronized void tableEnds(String schema, String table) {
    tables.ends(schema, table);
  }

  @Override
  public synchronized void warn(String text) {
    if (warnings.size() == MOST_WARNINGS) {
      warnings.removeFirst();
    }
    warnings.addLast(text);
    say(JobLog.WARNING, text);
  }

  /** This server is at work on it. */
  synchronized void begun(String kind) {
    say(JobLog.INFO, "The " + kind + " begins, or goes on.");
  }

  /** It was interrupted. */
  synchronized void stopped() {
    tellOfPhase();
    say(JobLog.INFO, "It was stopped here: it was canceled, or the server ends.");
    rows = 0;
  }

  /** It is done, failed or canceled. */
  synchronized void ended(RequestEntry entry) {
    tellOfPhase();
    FailureEntry failure = entry.failure();
    switch (entry.state()) {
      case RequestEntry.DONE -> say(JobLog.INFO, "It is done.");
      case RequestEntry.CANCELED -> say(JobLog.INFO, "It was canceled.");
      case RequestEntry.FAILED ->
          say(
              JobLog.ERROR,
              "It has failed: " + (failure == null ? "nobody knows why" : failure.reason()));
      default -> {
        // it has not ended
      }
    }
    rows = 0;
  }

  private void say(String level, String text) {
    if (lines.size() == MOST_LINES) {
      lines.removeFirst();
    }
    lines.addLast(new JobLog.Line(clock.instant(), level, text));
  }

  /** What it has told since it was last kept, oldest first. */
  synchronized List<JobLog.Line> lines() {
    return List.copyOf(lines);
  }

  /** As many of the oldest are kept elsewhere. */
  synchronized void forgetLines(int kept) {
    for (int i = 0; i < kept && !lines.isEmpty(); i++) {
      lines.removeFirst();
    }
  }

  synchronized Activity now() {
    return new Activity(
        since,
        phase,
        expectedBytes,
        rows,
        bytes,
        tables.done(),
        tables.total(),
        tables.shown(),
        List.copyOf(warnings));
  }
}
