package io.varve.backup;

import io.varve.codec.EncodedPart;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts parts while the next ones are read. Keeps at most so many parts in memory: who brings one
 * more waits. Thread-safe.
 */
final class PartUploads implements AutoCloseable {

  private final SourceRepository repository;
  private final BackupId backup;
  private final Semaphore places;
  private final ExecutorService threads;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Map<TableName, AtomicInteger> numbers = new ConcurrentHashMap<>();

  PartUploads(SourceRepository repository, BackupId backup, int atOnce) {
    this.repository = repository;
    this.backup = backup;
    this.places = new Semaphore(atOnce);
    this.threads =
        Executors.newFixedThreadPool(
            atOnce, Thread.ofPlatform().name("varve-put-", 0).daemon().factory());
  }

  /**
   * Takes a part.
   *
   * @throws RuntimeException if an earlier one could not be put: no use to read on
   * @return how a manifest names it, once it is stored; its range is not set yet
   */
  CompletableFuture<PartEntry> put(TableDefinition table, EncodedPart part)
      throws InterruptedException {
    places.acquire();
    RuntimeException lost = failure.get();
    if (lost != null) {
      places.release();
      throw lost;
    }
    int number = numbers.computeIfAbsent(table.name(), t -> new AtomicInteger()).getAndIncrement();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return repository.putPart(backup, table, number, part);
          } catch (RuntimeException failed) {
            failure.compareAndSet(null, failed);
            throw failed;
          } finally {
            places.release();
          }
        },
        threads);
  }

  /** Waits for nothing: what is under way may still be put, and no manifest names it. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
