package io.varve.backup;

import io.varve.Progress;
import io.varve.mysql.ServerStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches what an open snapshot costs its server: InnoDB keeps every version of a row that the
 * snapshot may still want, so while others write, the history grows, and with it the work of all
 * who read those rows. Where the server does not tell, nothing is watched. Thread-safe.
 */
final class HistoryWatch implements AutoCloseable {

  /**
   * When to warn, and how often to look.
   *
   * @param mostGrowth in transactions
   */
  record Rule(long mostGrowth, Duration interval) {

    /** From about a million on, administrators of busy servers see their queries slow down. */
    static final Rule DEFAULT = new Rule(1_000_000, Duration.ofSeconds(10));
  }

  private final ServerStatus status;
  private final Rule rule;
  private final Progress progress;
  private final OptionalLong first;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("varve-history-", 0).daemon().factory());
  private long most;
  private boolean hasWarned;

  /** Begins to watch. */
  HistoryWatch(ServerStatus status, Rule rule, Progress progress) {
    this.status = status;
    this.rule = rule;
    this.progress = progress;
    this.first = status.historyLength();
    if (first.isPresent()) {
      long nanos = rule.interval().toNanos();
      looks.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    OptionalLong now = status.historyLength();
    if (now.isPresent()) {
      note(now.getAsLong());
    }
  }

  private synchronized void note(long length) {
    most = Math.max(most, length);
    if (growth() > rule.mostGrowth() && !hasWarned) {
      hasWarned = true;
      progress.warn(text());
    }
  }

  private long growth() {
    return first.isPresent() ? most - first.getAsLong() : 0;
  }

  private String text() {
    return String.format(
        Locale.ROOT,
        "the history of old row versions on the source grew from %,d to %,d transactions while the"
            + " snapshot was open, which slows its queries down: hold it open for less time (more"
            + " --parallel, a --deadline, several backups of some schemas each), or back up a"
            + " replica",
        first.orElse(0),
        most);
  }

  /**
   * Looks a last time, and ends.
   *
   * @return what the backup's notes should say, if anything
   */
  Optional<String> end() {
    close();
    if (first.isPresent()) {
      look();
    }
    synchronized (this) {
      return hasWarned ? Optional.of(text()) : Optional.empty();
    }
  }

  @Override
  public void close() {
    looks.shutdown();
  }
}
