package io.varve.cli;

import io.varve.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on standard error: a bar with rate and time left on a terminal, else a line every
 * few seconds. Thread-safe.
 */
final class ConsoleProgress implements Progress, AutoCloseable {

  private static final long BAR_UNIT = 1 << 20;
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);

  private final PrintStream err;
  private final boolean quiet;
  private final boolean interactive;
  private @Nullable ProgressBar bar;
  private String phase = "";
  private long expectedBytes;
  private long rows;
  private long bytes;
  private long began;
  private long nextLine;

  ConsoleProgress(PrintStream err, boolean quiet, boolean interactive) {
    this.err = err;
    this.quiet = quiet;
    this.interactive = interactive;
  }

  @Override
  public synchronized void begin(String newPhase, long newExpectedBytes) {
    end();
    phase = newPhase;
    expectedBytes = newExpectedBytes;
    rows = 0;
    bytes = 0;
    began = System.nanoTime();
    nextLine = began + LINE_INTERVAL.toNanos();
    if (!quiet && interactive) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(String.format(Locale.ROOT, "%-10s", phase))
              .setInitialMax(newExpectedBytes)
              .setUnit(" MiB", BAR_UNIT)
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(200)
              .showSpeed()
              .setConsumer(new ConsoleProgressBarConsumer(err, Terminal.width()))
              .build();
    }
  }

  @Override
  public synchronized void advance(long moreRows, long moreBytes) {
    rows += moreRows;
    bytes += moreBytes;
    if (bar != null) {
      if (bytes > bar.getMax()) {
        bar.maxHint(bytes); // the server's guess was low
      }
      bar.stepTo(bytes);
    } else if (!quiet && System.nanoTime() >= nextLine) {
      nextLine += LINE_INTERVAL.toNanos();
      double seconds = (System.nanoTime() - began) / 1e9;
      err.printf(
          Locale.ROOT,
          "%s: %s rows, %s%s, %s/s%n",
          phase,
          Quantity.count(rows),
          Quantity.bytes(bytes),
          expectedBytes > bytes ? " of about " + Quantity.bytes(expectedBytes) : "",
          Quantity.bytes((long) (bytes / seconds)));
    }
  }

  @Override
  public synchronized void warn(String text) {
    if (bar != null) {
      err.println();
    }
    err.println("warning: " + text);
  }

  private void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public synchronized void close() {
    end();
  }
}
