package io.varve.backup;

import io.varve.backup.KnownParts.KnownRange;
import io.varve.mysql.TableName;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Adds up what the workers of a pass have done. Thread-safe. */
final class PassWork {

  private final LongAdder rowsRead = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder judgedBytes = new LongAdder();
  private final LongAdder judgedNanos = new LongAdder();
  private final LongAdder changedBytes = new LongAdder();
  private final LongAdder againBytes = new LongAdder();
  private final LongAdder againNanos = new LongAdder();
  private final LongAdder newBytes = new LongAdder();
  private final AtomicReference<@Nullable TableName> outgrown = new AtomicReference<>();

  /** A range of which nothing was known was read, or some of it. */
  void readNew(long rows, long bytes) {
    read(rows, bytes);
    newBytes.add(bytes);
  }

  /** A range was read because the server had found it changed. */
  void readAgain(long rows, long bytes, long nanos) {
    read(rows, bytes);
    againBytes.add(bytes);
    againNanos.add(nanos);
  }

  /** A range was read to be judged. */
  void readJudging(long rows, long bytes) {
    read(rows, bytes);
  }

  private void read(long rows, long bytes) {
    rowsRead.add(rows);
    bytesRead.add(bytes);
  }

  void judged(KnownRange range, long nanos, boolean changed) {
    judgedBytes.add(range.rawBytes());
    judgedNanos.add(nanos);
    if (changed) {
      changedBytes.add(range.rawBytes());
    }
  }

  /** The time was up in the middle of a table that can only be read whole, and was begun first. */
  void outgrew(TableName table) {
    outgrown.set(table);
  }

  Optional<TableName> outgrown() {
    return Optional.ofNullable(outgrown.get());
  }

  /** Rows that came from the server. */
  long rowsRead() {
    return rowsRead.sum();
  }

  /** The size of their text. */
  long bytesRead() {
    return bytesRead.sum();
  }

  /** Of those, what nothing was known of: the next call has to judge it. */
  long newBytes() {
    return newBytes.sum();
  }

  /** Of the known parts that were judged. */
  long judgedBytes() {
    return judgedBytes.sum();
  }

  /** Of those, what no longer holds; 0 to 1. */
  double changedShare() {
    return changedBytes.sum() / (double) Math.max(1, judgedBytes.sum());
  }

  /** That went into judging and into reading again what had changed, of all connections. */
  double secondsOfJudging() {
    return (judgedNanos.sum() + againNanos.sum()) / 1e9;
  }

  /** By one connection. */
  double bytesJudgedPerSecond() {
    return judgedBytes.sum() * 1e9 / Math.max(1, judgedNanos.sum());
  }

  /** By one connection, of what had changed. */
  double bytesReadPerSecond() {
    return againBytes.sum() * 1e9 / Math.max(1, againNanos.sum());
  }
}
