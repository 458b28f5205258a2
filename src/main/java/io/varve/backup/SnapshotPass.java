package io.varve.backup;

import io.varve.Progress;
import io.varve.Workers;
import io.varve.backup.RangeCutter.CutPart;
import io.varve.backup.TablePass.Range;
import io.varve.codec.BlockPool;
import io.varve.codec.PartEncoder;
import io.varve.codec.RowChecksum;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableChangedException;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The one algorithm: given known parts and an open snapshot, make the list of parts that covers the
 * database at that snapshot. Where the checksum of a range equals that of its known part, the part
 * is kept; else the range is read again. A pass without known parts is a full backup.
 *
 * <p>One worker per connection of the snapshot takes ranges, largest first; who is left without
 * work is given half of what another has not read yet. For one run.
 */
final class SnapshotPass {

  /** What one worker works with. */
  private record Worker(TableReader reader, PartEncoder encoder) {}

  /** What one worker does at a time. */
  private interface Task {
    void run(Worker worker, WorkQueue<Task> queue);
  }

  private final List<TableReader> readers;
  private final BlockPool blocks = new BlockPool();
  private final KnownParts known;
  private final Set<TableName> surelyKnown;
  private final PartUploads uploads;
  private final BackupOptions options;
  private final Progress progress;
  private long allBytes;
  private final Set<TableName> changed = new ConcurrentSkipListSet<>();

  /**
   * @param surelyKnown tables of which no DDL can take rows away without showing afterwards
   */
  SnapshotPass(
      List<TableReader> readers,
      KnownParts known,
      Set<TableName> surelyKnown,
      PartUploads uploads,
      BackupOptions options,
      Progress progress) {
    this.readers = readers;
    this.known = known;
    this.surelyKnown = surelyKnown;
    this.uploads = uploads;
    this.options = options;
    this.progress = progress;
  }

  PassResult run(List<SourceTable> sources) {
    List<TablePass> tables = sources.stream().map(TablePass::new).toList();
    allBytes = sources.stream().mapToLong(SourceTable::dataBytes).sum();
    List<Range> ranges = tables.stream().flatMap(t -> ranges(t).stream()).toList();
    List<Task> tasks = new ArrayList<>();
    largestFirst(ranges).forEach(range -> tasks.add((worker, queue) -> work(worker, range, queue)));
    WorkQueue<Task> queue = new WorkQueue<>(tasks);
    Workers.each(readers, reader -> work(reader, queue));
    tables.stream()
        .filter(table -> !table.hasAllRows())
        .forEach(table -> changed.add(table.source.name()));
    List<TableEntry> entries =
        tables.stream()
            .filter(table -> !changed.contains(table.source.name()))
            .map(TablePass::entry)
            .toList();
    return new PassResult(entries, changed);
  }

  private void work(TableReader reader, WorkQueue<Task> queue) {
    try (PartEncoder encoder = new PartEncoder(options.compressionLevel(), blocks)) {
      Worker worker = new Worker(reader, encoder);
      for (Task next = queue.take(); next != null; next = queue.take()) {
        next.run(worker, queue);
        queue.done();
      }
    }
  }

  private void work(Worker worker, Range range, WorkQueue<Task> queue) {
    TablePass table = range.table;
    if (changed.contains(table.source.name())) {
      return;
    }
    try {
      if (range.known.isPresent() && holds(worker.reader(), range, range.known.get())) {
        table.finish(range, kept(range.known.get()));
        return;
      }
      if (table.beginReading() && isToBeCounted(table.source.definition())) {
        queue.add((counter, more) -> count(counter, table));
      }
      table.finish(range, read(worker, range, queue));
    } catch (TableChangedException e) {
      changed.add(e.table());
    }
  }

  /**
   * Rows that are missing show by their number: DDL may have taken them away, or an order of keys
   * that is not what it seems. To count means to read an index of the table once more, so it is
   * left out where neither can be. Of a table without snapshots the number tells nothing.
   */
  private boolean isToBeCounted(TableDefinition table) {
    boolean sure = surelyKnown.contains(table.name()) && table.ordersByNumbers();
    return table.transactional() && !sure;
  }

  private void count(Worker worker, TablePass table) {
    try {
      table.counted(worker.reader().count(table.source.definition()));
    } catch (TableChangedException e) {
      changed.add(e.table());
    }
  }

  /** Whether the rows of a known part are those of its range in this snapshot. */
  private boolean holds(TableReader reader, Range range, PartEntry part) {
    RowChecksum now = reader.checksum(range.table.source.definition(), range.keys);
    boolean same = now.equals(part.checksum()) && known.isStored(part);
    if (same) {
      progress.advance(part.rows(), part.rawBytes());
    }
    return same;
  }

  private static List<CutPart> kept(PartEntry part) {
    List<String> upper = part.upper() == null ? List.of() : part.upper();
    return List.of(new CutPart(upper, part.rows(), CompletableFuture.completedFuture(part)));
  }

  private List<CutPart> read(Worker worker, Range range, WorkQueue<Task> queue) {
    RangeCutter.Others others =
        new RangeCutter.Others() {
          @Override
          public boolean needWork() {
            return queue.isShort();
          }

          @Override
          public void take(KeyRange keys) {
            Range piece = range.table.addPiece(range, keys);
            queue.add((other, more) -> work(other, piece, more));
          }
        };
    return new RangeCutter(
            range.table.source, options.partBytes(), worker.encoder(), uploads, progress)
        .cut(worker.reader(), range.keys, others);
  }

  private List<Range> ranges(TablePass table) {
    if (table.source.definition().definitionOnly()) {
      return List.of();
    }
    Optional<List<PartEntry>> parts = known.of(table.source.definition());
    if (parts.isPresent() && table.source.definition().hasRangeKey()) {
      return parts.get().stream().map(part -> table.add(part.range(), Optional.of(part))).toList();
    }
    return segments(table.source).stream()
        .map(segment -> table.add(segment, Optional.empty()))
        .toList();
  }

  /** One, but where that would leave workers without any at the start. */
  private List<KeyRange> segments(SourceTable table) {
    if (!table.definition().transactional()) {
      return List.of(KeyRange.ALL); // one statement, under one lock, sees one moment
    }
    long wanted = Math.round(readers.size() * (double) table.dataBytes() / Math.max(1, allBytes));
    if (wanted < 2 || table.dataBytes() < 2 * options.partBytes()) {
      return List.of(KeyRange.ALL);
    }
    try {
      return readers.getFirst().segments(table.definition(), KeyRange.ALL, (int) wanted, 0);
    } catch (TableChangedException e) {
      return List.of(KeyRange.ALL); // whoever reads it will find out
    }
  }

  private static List<Range> largestFirst(List<Range> ranges) {
    return ranges.stream()
        .sorted(Comparator.comparingLong((Range r) -> r.table.estimatedBytes()).reversed())
        .toList();
  }
}
