package io.varve;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * So much memory for all who take some of it together: who asks for more than is left waits, in
 * order. One that exceeds the whole budget gets it alone. Thread-safe.
 */
public final class MemoryBudget {

  private static final int UNIT_BYTES = 1024;

  private final int units;
  private final Semaphore free;

  public MemoryBudget(long bytes) {
    units = Math.toIntExact(bytes / UNIT_BYTES);
    free = new Semaphore(units, true);
  }

  /** What was taken, until it is given back. */
  public final class Share {

    private final int taken;

    private Share(int taken) {
      this.taken = taken;
    }

    public void giveBack() {
      free.release(taken);
    }
  }

  /**
   * Waits until there is room for so many bytes.
   *
   * @throws StoppedException if the program is told to stop meanwhile
   */
  public Share take(long bytes) {
    return take(bytes, Duration.ofNanos(Long.MAX_VALUE)).orElseThrow();
  }

  /**
   * As above, but no longer than so.
   *
   * @return empty if there was no room in that time
   */
  public Optional<Share> take(long bytes, Duration most) {
    int wanted = (int) Math.min(units, bytes / UNIT_BYTES + 1);
    try {
      return free.tryAcquire(wanted, most.toNanos(), TimeUnit.NANOSECONDS)
          ? Optional.of(new Share(wanted))
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }
}
