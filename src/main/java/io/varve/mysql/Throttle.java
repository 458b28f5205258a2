package io.varve.mysql;

import io.varve.StoppedException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Holds all workers of a run back together, so that a server which others work with is spared: by
 * the rate of bytes, and by pauses while it is busy. Thread-safe.
 */
public final class Throttle {

  /** Holds nobody back. */
  public static final Throttle NONE =
      new Throttle(Throttling.NONE, () -> 0, "no server", () -> false, warning -> {});

  /** The server is asked so often, however many workers want to know. */
  private static final long NANOS_BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

  /** So soon one who waits notices that the time is up, or that the pause is over. */
  private static final Duration LONGEST_SLEEP = Duration.ofMillis(250);

  private final OptionalLong bytesPerSecond;
  private final RateLimit rate;
  private final OptionalInt mostRunning;
  private final IntSupplier threadsRunning;
  private final String server;
  private final BooleanSupplier isTimeUp;
  private final Consumer<String> warnings;
  private final AtomicInteger ownStatements = new AtomicInteger();
  private long nextLook = System.nanoTime();
  private int othersRunning;
  private int waiting;
  private int pauses;
  private long pauseBegan;
  private long pausedNanos;

  Throttle(
      Throttling throttling,
      IntSupplier threadsRunning,
      String server,
      BooleanSupplier isTimeUp,
      Consumer<String> warnings) {
    this.bytesPerSecond = throttling.bytesPerSecond();
    this.rate = new RateLimit(bytesPerSecond);
    this.mostRunning = throttling.threadsRunning();
    this.threadsRunning = threadsRunning;
    this.server = server;
    this.isTimeUp = isTimeUp;
    this.warnings = warnings;
  }

  /**
   * On a server.
   *
   * @param isTimeUp ends all waiting
   * @param warnings hears of each pause when it begins
   */
  static Throttle of(
      Throttling throttling,
      ServerStatus status,
      String server,
      BooleanSupplier isTimeUp,
      Consumer<String> warnings) {
    return new Throttle(throttling, status::threadsRunning, server, isTimeUp, warnings);
  }

  /** The limit of the rate, if there is one. */
  public OptionalLong bytesPerSecond() {
    return bytesPerSecond;
  }

  /**
   * Waits while the server is busy with others. For one whose connection has nothing to do.
   *
   * @return false if the time was up first
   */
  public boolean await() {
    if (mostRunning.isEmpty() || !isBusy(mostRunning.getAsInt())) {
      return true;
    }
    beginPause(mostRunning.getAsInt());
    try {
      do {
        if (isTimeUp.getAsBoolean()) {
          return false;
        }
        sleep(LONGEST_SLEEP);
      } while (isBusy(mostRunning.getAsInt()));
      return true;
    } finally {
      endPause();
    }
  }

  private synchronized boolean isBusy(int most) {
    long now = System.nanoTime();
    if (now - nextLook >= 0) {
      // one whose last rows are still on the way counts too, so others may seem fewer by as many
      int own = ownStatements.get();
      othersRunning = threadsRunning.getAsInt() - 1 - own; // 1: the question itself
      nextLook = System.nanoTime() + NANOS_BETWEEN_LOOKS;
    }
    return othersRunning > most;
  }

  private synchronized void beginPause(int most) {
    if (waiting++ == 0) {
      pauses++;
      pauseBegan = System.nanoTime();
      warnings.accept(
          othersRunning
              + " threads of others run on "
              + server
              + ", more than "
              + most
              + ": pausing until there are fewer");
    }
  }

  private synchronized void endPause() {
    if (--waiting == 0) {
      pausedNanos += System.nanoTime() - pauseBegan;
    }
  }

  /** Whether there was a pause. */
  public synchronized boolean hasPaused() {
    return pauses > 0;
  }

  /** What a report has to say of pauses; empty where there was none. */
  public synchronized Optional<String> note() {
    return pauses == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "paused %.1f seconds in all, %d %s, while more than %d threads of others ran on %s",
                pausedNanos / 1e9,
                pauses,
                pauses == 1 ? "time" : "times",
                mostRunning.orElse(0),
                server));
  }

  /**
   * Notes that the server goes through so many bytes, or has sent them, and waits as long as the
   * rate asks for.
   *
   * @return false if the time was up first: then nobody is held back any more, to come to an end
   * @throws StoppedException if the program is told to stop meanwhile
   */
  public boolean take(long bytes) {
    long end = System.nanoTime() + rate.reserve(bytes).toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      if (isTimeUp.getAsBoolean()) {
        return false;
      }
      sleep(Duration.ofNanos(Math.min(left, LONGEST_SLEEP.toNanos())));
    }
    return true;
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  /** A statement of this run begins: the thread that executes it is none of others. */
  void beginStatement() {
    ownStatements.incrementAndGet();
  }

  void endStatement() {
    ownStatements.decrementAndGet();
  }

  /** The same bytes, no quicker than the limit. */
  InputStream limited(InputStream bytes) {
    return bytesPerSecond.isEmpty() ? bytes : new LimitedStream(bytes);
  }

  private final class LimitedStream extends FilterInputStream {

    LimitedStream(InputStream bytes) {
      super(bytes);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      take(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      take(Math.max(0, count));
      return count;
    }
  }
}
