package io.varve.backup;

import io.varve.backup.KnownParts.KnownRange;
import java.util.concurrent.atomic.LongAdder;

/** Adds up what the workers of a pass have done. Thread-safe. */
final class PassWork {

  private final LongAdder rowsRead = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder cutBytes = new LongAdder();
  private final LongAdder cutNanos = new LongAdder();
  private final LongAdder judgedBytes = new LongAdder();
  private final LongAdder judgedNanos = new LongAdder();
  private final LongAdder changedBytes = new LongAdder();

  /** Rows were read, and parts made of them unless they turned out to be known. */
  void cut(long rows, long bytes, long nanos) {
    rowsRead.add(rows);
    bytesRead.add(bytes);
    cutBytes.add(bytes);
    cutNanos.add(nanos);
  }

  /** Rows were read for their checksum alone. */
  void readToJudge(long rows, long bytes) {
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

  /** Rows that came from the server. */
  long rowsRead() {
    return rowsRead.sum();
  }

  /** The size of their text. */
  long bytesRead() {
    return bytesRead.sum();
  }

  /** Of the known parts that were judged. */
  long judgedBytes() {
    return judgedBytes.sum();
  }

  /** Of those, what no longer holds; 0 to 1. */
  double changedShare() {
    return changedBytes.sum() / (double) Math.max(1, judgedBytes.sum());
  }

  /** By one connection. */
  double bytesJudgedPerSecond() {
    return judgedBytes.sum() * 1e9 / Math.max(1, judgedNanos.sum());
  }

  /** By one connection. */
  double bytesReadPerSecond() {
    return cutBytes.sum() * 1e9 / Math.max(1, cutNanos.sum());
  }
}
