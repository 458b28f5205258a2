package io.varve;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Runs the same work on several resources side by side, a thread for each. */
public final class Workers {

  private Workers() {}

  /**
   * Returns when all have ended. The first failure interrupts the others, is waited for, and
   * thrown.
   */
  public static <R> void each(List<R> resources, Consumer<R> work) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            resources.size(), Thread.ofPlatform().name("varve-work-", 0).daemon().factory());
    try {
      CompletionService<Void> running = new ExecutorCompletionService<>(threads);
      resources.forEach(
          resource ->
              running.submit(
                  () -> {
                    work.accept(resource);
                    return null;
                  }));
      for (int i = 0; i < resources.size(); i++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    } finally {
      threads.shutdownNow();
      awaitQuietly(threads);
    }
  }

  /** Each resource takes an item, works on it, and takes the next, until none is left. */
  public static <R, T> void share(List<R> resources, List<T> items, BiConsumer<R, T> work) {
    Queue<T> waiting = new ConcurrentLinkedQueue<>(items);
    each(
        resources,
        resource -> {
          for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            work.accept(resource, next);
          }
        });
  }

  /** As above, where the work needs no resource but a thread. */
  public static <T> void share(int threads, List<T> items, Consumer<T> work) {
    int most = Math.max(1, Math.min(threads, items.size()));
    share(IntStream.range(0, most).boxed().toList(), items, (thread, item) -> work.accept(item));
  }

  /**
   * As {@link #share(List, List, BiConsumer)}, until the time is up: then none is taken, and what
   * was begun is finished.
   *
   * @param work answers whether it has done the item, which it may leave when the time is up
   * @return whether all of them are done
   */
  public static <R, T> boolean shareUntil(
      TimeLimit limit, List<R> resources, List<T> items, BiPredicate<R, T> work) {
    Queue<T> waiting = new ConcurrentLinkedQueue<>(items);
    AtomicBoolean whole = new AtomicBoolean(true);
    each(
        resources,
        resource -> {
          while (!waiting.isEmpty() && !limit.isNear()) {
            T next = waiting.poll();
            if (next != null && !work.test(resource, next)) {
              whole.set(false);
            }
          }
        });
    return whole.get() && waiting.isEmpty();
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof RuntimeException failure) {
      return failure;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e);
  }

  private static void awaitQuietly(ExecutorService threads) {
    try {
      threads.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
