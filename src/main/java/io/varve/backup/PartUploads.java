package io.varve.backup;

import io.varve.MemoryBudget;
import io.varve.StoppedException;
import io.varve.TimeLimit;
import io.varve.codec.EncodedPart;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TimeIsUpException;
import io.varve.repository.BackupId;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts parts while the next ones are read: many at once, for a store may be slow for each and quick
 * for all. Together they take no more than a budget of memory, or one part that exceeds it: who
 * brings one more waits. Nobody waits for longer than the time of the run allows. Thread-safe.
 */
final class PartUploads implements AutoCloseable {

  private static final int MOST_AT_ONCE = 32;

  private final SourceRepository repository;
  private final BackupId backup;
  private final TimeLimit limit;
  private final MemoryBudget memory;
  private final ExecutorService threads;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Map<TableName, AtomicInteger> numbers = new ConcurrentHashMap<>();

  /**
   * @param readers who bring parts
   * @param memoryBytes for all parts that are here
   * @param limit of the run
   */
  PartUploads(
      SourceRepository repository,
      BackupId backup,
      int readers,
      long memoryBytes,
      TimeLimit limit) {
    this.limit = limit;
    this.repository = repository;
    this.backup = backup;
    this.memory = new MemoryBudget(memoryBytes);
    this.threads =
        Executors.newFixedThreadPool(
            Math.min(MOST_AT_ONCE, 4 * readers),
            Thread.ofPlatform().name("varve-put-", 0).daemon().factory());
  }

  /**
   * Takes a part, and releases its memory when it is stored.
   *
   * @throws RuntimeException if an earlier one could not be put: no use to read on
   * @throws TimeIsUpException if it is time to stop before there is room: the part is forgotten
   * @return how a manifest names it, once it is stored; its range is not set yet
   */
  CompletableFuture<PartEntry> put(TableDefinition table, EncodedPart part) {
    Optional<MemoryBudget.Share> room = memory.take(part.content().size(), limit.left());
    if (room.isEmpty()) {
      part.content().release();
      throw new TimeIsUpException();
    }
    MemoryBudget.Share share = room.get();
    RuntimeException lost = failure.get();
    if (lost != null) {
      share.giveBack();
      part.content().release();
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
            part.content().release();
            share.giveBack();
          }
        },
        threads);
  }

  /** Whether anything was brought. */
  boolean hasAny() {
    return !numbers.isEmpty();
  }

  /**
   * Waits until all that was brought is stored, or it is time to stop. Nothing more can be brought.
   *
   * @return whether it is stored
   * @throws RuntimeException if something could not be put
   */
  boolean areStored() {
    threads.shutdown();
    boolean all = await(limit.left());
    RuntimeException lost = failure.get();
    if (lost != null) {
      throw lost;
    }
    return all;
  }

  /**
   * It is time to stop: waits somewhat for what is under way, and gives the rest up: it is read
   * again.
   */
  void end() {
    threads.shutdown();
    if (!await(limit.leftForLast())) {
      threads.shutdownNow();
    }
  }

  private boolean await(Duration most) {
    try {
      return threads.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  /** Waits for nothing: what is under way may still be put, and no manifest names it. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
