package io.varve.backup;

import io.varve.StoppedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work for several workers, that may make more of it while they work. Whoever finds none waits
 * until some is added or all are done. Thread-safe.
 */
final class WorkQueue<T> {

  private final Deque<T> waiting;
  private int working;
  private int idle;

  WorkQueue(List<T> items) {
    waiting = new ArrayDeque<>(items);
  }

  /**
   * The next item, to be followed by {@link #done} or by the end of the worker; null when there is
   * no more, nor will be.
   */
  synchronized @Nullable T take() {
    idle++;
    try {
      while (waiting.isEmpty() && working > 0) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    } finally {
      idle--;
    }
    T next = waiting.poll();
    if (next != null) {
      working++;
    }
    return next;
  }

  /** The item that was taken is done. */
  synchronized void done() {
    working--;
    notifyAll();
  }

  /** More work, of a worker that is not done yet. */
  synchronized void add(T item) {
    waiting.add(item);
    notifyAll();
  }

  /** Whether somebody waits for work and there is none. */
  synchronized boolean isShort() {
    return idle > waiting.size();
  }
}
