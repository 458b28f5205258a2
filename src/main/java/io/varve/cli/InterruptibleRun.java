package io.varve.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Work that Ctrl-C and SIGTERM end in order. One that is killed leaves the same, but for parts that
 * prune will sweep later.
 */
public final class InterruptibleRun {

  private static final long GRACE_SECONDS = 8;

  private InterruptibleRun() {}

  /**
   * Runs the work. Told to end meanwhile, it is interrupted and has some seconds to say so in the
   * repository; then the process ends as interrupted.
   *
   * @return the exit code
   */
  public static int run(IntSupplier work) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = endOf(Thread.currentThread(), ended);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.getAsInt();
    } finally {
      ended.countDown();
    }
  }

  private static Thread endOf(Thread run, CountDownLatch ended) {
    return new Thread(
        () -> {
          if (ended.getCount() == 0) {
            return;
          }
          run.interrupt();
          try {
            if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
              System.err.println("varve: ended before the job's record could be closed");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          // the signal's own number would be 143 for SIGTERM
          Runtime.getRuntime().halt(Failures.INTERRUPTED);
        },
        "varve-end");
  }
}
