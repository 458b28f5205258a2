package io.varve.backup;

import io.varve.backup.RangeCutter.CutPart;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One table in a pass: its ranges in order, and the parts that they become. Thread-safe by what it
 * is used for: each range is finished by one worker, the whole by the last of them.
 */
final class TablePass {

  /** A range to be judged by its known part, or to be read. */
  static final class Range {
    final TablePass table;
    final KeyRange keys;
    final Optional<PartEntry> known;
    private @Nullable List<CutPart> parts;

    private Range(TablePass table, KeyRange keys, Optional<PartEntry> known) {
      this.table = table;
      this.keys = keys;
      this.known = known;
    }
  }

  final SourceTable source;
  private final List<Range> ranges = new ArrayList<>();
  private int unfinished;
  private boolean anyRead;

  TablePass(SourceTable source) {
    this.source = source;
  }

  Range add(KeyRange keys, Optional<PartEntry> known) {
    Range range = new Range(this, keys, known);
    ranges.add(range);
    unfinished++;
    return range;
  }

  /** An even share of the table's size, to take large ranges first. */
  long estimatedBytes() {
    return source.dataBytes() / Math.max(1, ranges.size());
  }

  /** Notes what a range became; true for the last range of the table. */
  synchronized boolean finish(Range range, List<CutPart> parts, boolean read) {
    range.parts = parts;
    anyRead |= read;
    return --unfinished == 0;
  }

  synchronized boolean anyRead() {
    return anyRead;
  }

  /** Of all parts; to be asked when the last range is finished. */
  synchronized long rows() {
    return parts().stream().mapToLong(CutPart::rows).sum();
  }

  private List<CutPart> parts() {
    return ranges.stream()
        .flatMap(range -> range.parts == null ? Stream.empty() : range.parts.stream())
        .toList();
  }

  /**
   * All parts in the order of the key, without gaps: each begins where the one before it ends.
   * Waits until they are stored.
   */
  TableEntry entry() {
    List<PartEntry> entries = new ArrayList<>();
    List<CutPart> parts = parts();
    boolean bounded = source.definition().hasRangeKey();
    List<String> lower = null;
    for (int i = 0; i < parts.size(); i++) {
      boolean last = i == parts.size() - 1;
      List<String> upper = last || !bounded ? null : parts.get(i).upper();
      entries.add(stored(parts.get(i)).withRange(lower, upper));
      lower = upper;
    }
    return TableEntry.of(source.definition(), entries);
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
