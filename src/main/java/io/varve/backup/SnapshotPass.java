package io.varve.backup;

import io.varve.Progress;
import io.varve.Workers;
import io.varve.backup.RangeCutter.CutPart;
import io.varve.backup.TablePass.Range;
import io.varve.codec.BlockPool;
import io.varve.codec.PartEncoder;
import io.varve.codec.RowChecksum;
import io.varve.mysql.JudgeBy;
import io.varve.mysql.Judgement;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableChangedException;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import io.varve.repository.TableEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The one algorithm: given known parts and an open snapshot, make the list of parts that covers the
 * database at that snapshot. Where the checksum of a range equals that of its known parts, they are
 * kept; else the range is read again. A pass without known parts is a full backup, one with those
 * of another backup an incremental, one with those of a run that died goes on where that stopped.
 *
 * <p>One worker per connection of the snapshot takes ranges, largest first; who is left without
 * work is given half of what another has not read yet. For one run.
 */
final class SnapshotPass {

  /** What one worker works with. */
  private static final class Worker {
    private final TableReader reader;
    private final PartEncoder encoder;
    private boolean isFresh = true;

    Worker(TableReader reader, PartEncoder encoder) {
      this.reader = reader;
      this.encoder = encoder;
    }

    TableReader reader() {
      return reader;
    }

    PartEncoder encoder() {
      return encoder;
    }

    /** Whether it is at its first range, which then has had all the time that there was. */
    boolean isFresh() {
      return isFresh;
    }

    void hasWorked() {
      isFresh = false;
    }
  }

  /** What one worker does at a time. */
  private interface Task {
    void run(Worker worker, WorkQueue<Task> queue);
  }

  private final List<TableReader> readers;
  private final BlockPool blocks = new BlockPool();
  private final Cover cover;
  private final PartUploads uploads;
  private final Checkpoint checkpoint;
  private final BackupOptions options;
  private final Pace pace;
  private final Progress progress;
  private final Judgement judgement;
  private final long runBegan;
  private final PassWork work = new PassWork();
  private final Set<TableName> changed = new ConcurrentSkipListSet<>();

  /**
   * @param cover what of each table it goes through
   * @param checkpoint hears of every range that was read and stored
   * @param runBegan when, by {@link System#nanoTime}
   */
  SnapshotPass(
      List<TableReader> readers,
      Cover cover,
      PartUploads uploads,
      Checkpoint checkpoint,
      BackupOptions options,
      Pace pace,
      long runBegan,
      Progress progress) {
    this.readers = readers;
    this.cover = cover;
    this.uploads = uploads;
    this.checkpoint = checkpoint;
    this.options = options;
    this.pace = pace;
    this.runBegan = runBegan;
    this.progress = progress;
    this.judgement = new Judgement(options.judgeBy());
  }

  PassResult run(List<SourceTable> sources) {
    List<TablePass> tables = sources.stream().map(TablePass::new).toList();
    List<Range> ranges = tables.stream().flatMap(table -> ranges(table).stream()).toList();
    List<Task> tasks = new ArrayList<>();
    long knownBytes = ranges.stream().filter(Range::isKnown).mapToLong(Range::estimatedBytes).sum();
    progress.tables((int) ranges.stream().map(range -> range.table).distinct().count());
    inOrder(ranges).forEach(range -> tasks.add((worker, queue) -> work(worker, range, queue)));
    WorkQueue<Task> queue = new WorkQueue<>(tasks);
    Workers.each(readers, reader -> work(reader, queue));
    boolean finished =
        tables.stream()
                .allMatch(table -> changed.contains(table.source.name()) || table.isFinished())
            && uploads.areStored();
    if (finished && cover.isWhole()) {
      tables.stream()
          .filter(table -> !table.hasAllRows())
          .forEach(table -> changed.add(table.source.name()));
    }
    List<TableEntry> entries =
        finished && cover.isWhole()
            ? tables.stream()
                .filter(table -> !changed.contains(table.source.name()))
                .map(table -> table.entry(runBegan))
                .toList()
            : List.of();
    return new PassResult(entries, changed, finished, cover.names(), knownBytes, work);
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
    if (changed.contains(table.source.name()) || !pace.mayGoOn()) {
      return;
    }
    if (table.begin()) {
      progress.tableBegins(schema(table), name(table), table.estimatedBytes());
    }
    try {
      if (range.isKnown()) {
        judge(worker, range, queue);
      } else {
        read(worker, range, false, queue);
      }
    } catch (TableChangedException e) {
      changed.add(e.table());
    } finally {
      worker.hasWorked();
    }
  }

  /** Keeps the known parts where their rows are still those of the range; else reads it. */
  private void judge(Worker worker, Range range, WorkQueue<Task> queue) {
    SourceTable table = range.table.source;
    // A table without snapshots is judged by one statement, so that it is judged at one moment.
    JudgeBy way =
        table.definition().transactional() ? judgement.way(range.known.rawBytes()) : JudgeBy.SERVER;
    if (way == JudgeBy.SERVER && !pace.pay(range.known.rawBytes())) {
      return; // the range stays without parts, and the pass without an end
    }
    if (way == JudgeBy.HERE
        && judgement.expectsChange()
        && RangeCutter.fitsOnePart(range.known, options.partBytes(table))) {
      read(worker, range, true, queue);
    } else if (holds(worker.reader(), range, way)) {
      keep(range);
    } else {
      read(worker, range, false, queue);
    }
  }

  /** Whether the rows of the known parts are those of their range in this snapshot. */
  private boolean holds(TableReader reader, Range range, JudgeBy way) {
    TableDefinition table = range.table.source.definition();
    long start = pace.nanoTime();
    RowChecksum now =
        switch (way) {
          case SERVER -> reader.checksum(table, range.keys());
          case HERE -> reader.checksumHere(table, range.keys());
        };
    boolean same = now.equals(range.known.checksum(), table.rowsMayRepeat());
    long nanos = pace.nanoTime() - start;
    judgement.judged(way, range.known.rawBytes(), nanos, !same);
    work.judged(range.known, nanos, !same);
    if (way == JudgeBy.HERE) {
      work.readJudging(now.rows(), range.known.rawBytes());
    }
    if (same) {
      progress.advance(schema(range.table), name(range.table), now.rows(), range.known.rawBytes());
    }
    return same;
  }

  private void keep(Range range) {
    List<CutPart> parts =
        range.known.parts().stream()
            .map(
                part ->
                    new CutPart(
                        part.lower(),
                        part.upper(),
                        part.rows(),
                        CompletableFuture.completedFuture(part)))
            .toList();
    finish(range, parts);
    checkpoint.covers(range.table.source.definition(), range.keys(), parts);
  }

  private void finish(Range range, List<CutPart> parts) {
    if (range.table.finish(range, parts)) {
      progress.tableEnds(schema(range.table), name(range.table));
    }
  }

  private static String schema(TablePass table) {
    return table.source.name().schema();
  }

  private static String name(TablePass table) {
    return table.source.name().table();
  }

  private void read(Worker worker, Range range, boolean judging, WorkQueue<Task> queue) {
    TablePass table = range.table;
    TableDefinition definition = table.source.definition();
    if (!range.isKnown()) {
      countOnce(table, queue);
    }
    boolean byPart = !range.isKnown() && Checkpoint.takesSingleParts(definition);
    RangeCutter cutter =
        new RangeCutter(
            table.source,
            range.known,
            options.partBytes(table.source),
            worker.encoder(),
            uploads,
            byPart ? part -> checkpoint.add(definition, part) : part -> {},
            progress,
            pace);
    RangeCutter.Others others = others(range, queue);
    long start = pace.nanoTime();
    RangeCutter.Outcome outcome =
        judging ? cutter.judge(worker.reader(), others) : cutter.cut(worker.reader(), others);
    long nanos = pace.nanoTime() - start;
    boolean kept = outcome == RangeCutter.Outcome.KEPT;
    if (judging) {
      work.readJudging(cutter.rowsRead(), cutter.bytesRead());
    } else if (range.isKnown()) {
      work.readAgain(cutter.rowsRead(), cutter.bytesRead(), nanos);
    } else {
      work.readNew(cutter.rowsRead(), cutter.bytesRead());
    }
    if (judging && outcome != RangeCutter.Outcome.STOPPED) {
      judgement.judged(JudgeBy.HERE, range.known.rawBytes(), nanos, !kept);
      work.judged(range.known, nanos, !kept);
    }
    if (kept) {
      keep(range);
    } else if (outcome == RangeCutter.Outcome.STOPPED) {
      stopped(worker, range, cutter.parts());
    } else if (outcome == RangeCutter.Outcome.READ) {
      countOnce(table, queue);
      finish(range, cutter.parts());
      if (!byPart) {
        checkpoint.replace(definition, range.keys(), cutter.parts());
      }
      checkpoint.covers(definition, cutter.covered(), cutter.parts());
    }
  }

  /** The range is not finished, and so neither is the pass. */
  private void stopped(Worker worker, Range range, List<CutPart> parts) {
    TableDefinition definition = range.table.source.definition();
    if (!Checkpoint.takesSingleParts(definition)) {
      if (worker.isFresh()) {
        work.outgrew(definition.name());
      }
    } else if (range.isKnown() && !parts.isEmpty()) {
      // as far as it was read it is new, and of the rest nothing is known any more
      checkpoint.replace(definition, range.keys(), parts);
    }
  }

  private void countOnce(TablePass table, WorkQueue<Task> queue) {
    if (table.beginReading() && cover.isToBeCounted(table.source.definition())) {
      table.beginCounting();
      queue.add((counter, more) -> count(counter, table));
    }
  }

  private void count(Worker worker, TablePass table) {
    if (!pace.mayGoOn()) {
      return;
    }
    try {
      long rows = worker.reader().count(table.source.definition());
      table.counted(rows);
      checkpoint.counted(table.source.name(), rows);
    } catch (TableChangedException e) {
      changed.add(e.table());
    }
  }

  private RangeCutter.Others others(Range range, WorkQueue<Task> queue) {
    return new RangeCutter.Others() {
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
  }

  private List<Range> ranges(TablePass table) {
    TableDefinition definition = table.source.definition();
    if (definition.definitionOnly()) {
      return List.of();
    }
    try {
      return cover.ranges(table.source, readers.getFirst(), readers.size()).stream()
          .map(table::add)
          .toList();
    } catch (TableChangedException e) {
      changed.add(definition.name());
      return List.of();
    }
  }

  /**
   * What is not known first: if the time is up before the end, that is what the next call need not
   * do again. Then the largest.
   */
  private static List<Range> inOrder(List<Range> ranges) {
    return ranges.stream()
        .sorted(
            Comparator.comparing(Range::isKnown)
                .thenComparing(Comparator.comparingLong(Range::estimatedBytes).reversed()))
        .toList();
  }
}
