package io.varve.backup;

import io.varve.RetryLaterException;
import io.varve.backup.RangeCutter.CutPart;
import io.varve.mysql.KeyRange;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.CheckpointRange;
import io.varve.repository.Job;
import io.varve.repository.PartEntry;
import io.varve.repository.TableCount;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Notes in the job's record what the run has read and stored, every few seconds: so much is lost at
 * most when it dies. Costs one small request each time. Thread-safe.
 */
final class Checkpoint {

  private static final long FIRST_AFTER_NANOS = 1_000_000_000L;

  /** A long run is to leave few pieces behind, and loses no more than this. */
  private static final long MOST_NANOS_BETWEEN = 8_000_000_000L;

  private final Job job;
  private final @Nullable String snapshot;
  private List<CheckpointRange> waiting = new ArrayList<>();
  private List<TableCount> counts = new ArrayList<>();
  private long written = System.nanoTime();
  private long nanosBetween = FIRST_AFTER_NANOS;
  private boolean hasAny;

  Checkpoint(Job job) {
    this(job, null);
  }

  /**
   * For one of several processes.
   *
   * @param snapshot the id of the one that they share; null where each has its own
   */
  Checkpoint(Job job, @Nullable String snapshot) {
    this.job = job;
    this.snapshot = snapshot;
  }

  /**
   * Whether each part of a table is worth something alone; else all of them are or none: rows
   * without a key are judged as a whole, and those without snapshots are of one moment as a whole.
   */
  static boolean takesSingleParts(TableDefinition table) {
    return table.hasRangeKey() && table.transactional();
  }

  /** Takes a part of a range of which nothing was known, when it is stored. */
  void add(TableDefinition table, CutPart part) {
    add(table, new KeyRange(part.lower(), part.upper()), List.of(part));
  }

  /** Takes the parts that cover a range, when they are stored, in place of those known before. */
  void replace(TableDefinition table, KeyRange range, List<CutPart> parts) {
    add(table, range, List.copyOf(parts));
  }

  /**
   * Takes what covers a range as of the snapshot that several processes share, also where it was
   * known before; in any other snapshot there is nothing to note.
   */
  void covers(TableDefinition table, KeyRange range, List<CutPart> parts) {
    if (snapshot != null) {
      add(table, range, List.copyOf(parts), snapshot);
    }
  }

  private void add(TableDefinition table, KeyRange range, List<CutPart> parts) {
    add(table, range, parts, null);
  }

  private void add(
      TableDefinition table, KeyRange range, List<CutPart> parts, @Nullable String asOf) {
    CompletableFuture<?>[] stored =
        parts.stream().map(CutPart::stored).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(stored)
        .thenRun(
            () ->
                note(
                    new CheckpointRange(
                        table.name().schema(),
                        table.name().table(),
                        table.hash(),
                        !takesSingleParts(table),
                        range.lower(),
                        range.upper(),
                        parts.stream().map(Checkpoint::entry).toList(),
                        asOf)));
  }

  private static PartEntry entry(CutPart part) {
    return part.stored().join().withRange(part.lower(), part.upper());
  }

  private synchronized void note(CheckpointRange range) {
    waiting.add(range);
    hasAny = true;
    if (System.nanoTime() - written >= nanosBetween) {
      nanosBetween = Math.min(2 * nanosBetween, MOST_NANOS_BETWEEN);
      try {
        write();
      } catch (RetryLaterException e) {
        written = System.nanoTime(); // it is written with the next
      }
    }
  }

  /** Takes the number of a table's rows in the snapshot that several processes share. */
  synchronized void counted(TableName table, long rows) {
    if (snapshot != null) {
      counts.add(new TableCount(table.schema(), table.table(), rows, snapshot));
    }
  }

  /** Whether anything was stored that the next run need not do again. */
  synchronized boolean hasAny() {
    return hasAny;
  }

  /** Writes what was not written yet. */
  synchronized void write() {
    if (!waiting.isEmpty()) {
      job.checkpoint(waiting);
      waiting = new ArrayList<>();
    }
    if (!counts.isEmpty()) {
      job.counts(counts);
      counts = new ArrayList<>();
    }
    written = System.nanoTime();
  }
}
