package io.varve;

import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs the same work on several resources side by side, a thread for each. */
public final class Workers {

  private Workers() {}

  /**
   * Returns when all have ended. The first failure interrupts the others, is waited for, and
   * thrown.
   */
  public static <R> void run(List<R> resources, Consumer<R> work) {
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
