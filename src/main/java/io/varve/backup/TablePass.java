package io.varve.backup;

import io.varve.backup.KnownParts.KnownRange;
import io.varve.backup.RangeCutter.CutPart;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import io.varve.repository.TableTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One table in a pass: its ranges in order, and the parts that they become. Thread-safe by what it
 * is used for: each range is finished by one worker, the whole is asked for when all are.
 */
final class TablePass {

  /** A range to be judged by its known parts, or to be read. */
  static final class Range {
    final TablePass table;
    final KnownRange known;
    private @Nullable List<CutPart> parts;

    private Range(TablePass table, KnownRange known) {
      this.table = table;
      this.known = known;
    }

    KeyRange keys() {
      return known.keys();
    }

    boolean isKnown() {
      return !known.parts().isEmpty();
    }

    /** What is known of its size, or an even share of the table's. */
    long estimatedBytes() {
      return isKnown()
          ? known.rawBytes()
          : table.source.dataBytes() / Math.max(1, table.ranges.size());
    }
  }

  final SourceTable source;
  private final List<Range> ranges = new ArrayList<>();
  private int unfinished; // of the ranges
  private @Nullable Long began;
  private long ended;
  private boolean anyRead;
  private boolean isCounting;
  private @Nullable Long counted;

  TablePass(SourceTable source) {
    this.source = source;
  }

  synchronized Range add(KnownRange known) {
    Range range = new Range(this, known);
    ranges.add(range);
    unfinished++;
    return range;
  }

  /** A piece at the end of a range, which is then that much shorter. */
  synchronized Range addPiece(Range of, KeyRange keys) {
    Range piece = new Range(this, new KnownRange(keys, List.of()));
    ranges.add(ranges.indexOf(of) + 1, piece);
    unfinished++;
    return piece;
  }

  /** Notes that work on it begins, if it has not begun; true the first time. */
  synchronized boolean begin() {
    boolean first = began == null;
    if (first) {
      began = System.nanoTime();
    }
    return first;
  }

  /** Notes that a range has to be read; true the first time. */
  synchronized boolean beginReading() {
    boolean first = !anyRead;
    anyRead = true;
    return first;
  }

  /** The parts that cover a range; answers whether that was the last of the table. */
  synchronized boolean finish(Range range, List<CutPart> parts) {
    if (range.parts == null) {
      unfinished--;
    }
    range.parts = parts;
    ended = System.nanoTime();
    return unfinished == 0;
  }

  synchronized long estimatedBytes() {
    return ranges.stream().mapToLong(Range::estimatedBytes).sum();
  }

  /** From now on the pass is not finished before the server has counted the rows. */
  synchronized void beginCounting() {
    isCounting = true;
  }

  /** Notes how many rows the table has, by the server. */
  synchronized void counted(long rows) {
    isCounting = false;
    counted = rows;
  }

  /** Whether each range has been kept or read: else the run stopped before. */
  synchronized boolean isFinished() {
    return !isCounting && unfinished == 0;
  }

  /** Whether the rows of all parts are as many as the server counted, if it did. */
  synchronized boolean hasAllRows() {
    return counted == null || counted == parts().stream().mapToLong(CutPart::rows).sum();
  }

  private List<CutPart> parts() {
    return ranges.stream()
        .flatMap(range -> range.parts == null ? Stream.empty() : range.parts.stream())
        .toList();
  }

  /**
   * All parts in the order of the key, without gaps: each begins where the one before it ends.
   * Waits until they are stored.
   *
   * @param runBegan when, by {@link System#nanoTime}
   */
  TableEntry entry(long runBegan) {
    TableEntry entry =
        TableEntry.of(
            source.definition(),
            withoutGaps(
                source.definition(),
                parts().stream().map(part -> stored(part).withRange(null, part.upper())).toList()));
    return began == null
        ? entry
        : entry.with(new TableTimes(seconds(runBegan, began), seconds(runBegan, ended)));
  }

  /**
   * The same parts, each beginning where the one before it ends: between them there are no rows.
   */
  static List<PartEntry> withoutGaps(TableDefinition table, List<PartEntry> parts) {
    List<PartEntry> joined = new ArrayList<>();
    @Nullable List<String> lower = null;
    for (int i = 0; i < parts.size(); i++) {
      boolean isLast = i == parts.size() - 1;
      @Nullable List<String> upper = isLast || !table.hasRangeKey() ? null : parts.get(i).upper();
      joined.add(parts.get(i).withRange(lower, upper));
      lower = upper;
    }
    return joined;
  }

  private static double seconds(long from, long to) {
    return Math.max(0, (to - from) / 1_000_000) / 1000.0;
  }

  private static PartEntry stored(CutPart part) {
    try {
      return part.stored().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
