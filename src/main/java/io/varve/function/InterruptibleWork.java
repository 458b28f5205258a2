package io.varve.function;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that the end of the process interrupts, and waits for: so it can say in the repository how
 * far it came. One that is killed leaves the same, but for parts that prune will sweep later.
 */
final class InterruptibleWork {

  private static final long GRACE_SECONDS = 8;

  private final Phaser running = new Phaser(1);
  private @Nullable Thread worker;

  <T> T run(Supplier<T> work) {
    begin();
    try {
      return work.get();
    } finally {
      ended();
    }
  }

  private synchronized void begin() {
    worker = Thread.currentThread();
    running.register();
  }

  private synchronized void ended() {
    worker = null;
    running.arriveAndDeregister();
  }

  /** Interrupts what runs, and waits some seconds for its end. */
  void end() {
    int phase = running.arriveAndDeregister();
    synchronized (this) {
      if (worker == null) {
        return;
      }
      worker.interrupt();
    }
    try {
      running.awaitAdvanceInterruptibly(phase, GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // it is as one that was killed
    }
  }
}
