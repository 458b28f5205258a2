package io.varve.backup;

import io.varve.Progress;
import io.varve.Workers;
import io.varve.backup.RangeCutter.CutPart;
import io.varve.backup.TablePass.Range;
import io.varve.codec.RowChecksum;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableChangedException;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
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
 * <p>One worker per connection of the snapshot takes ranges, largest first. For one run.
 */
final class SnapshotPass {

  private final List<TableReader> readers;
  private final KnownParts known;
  private final PartUploads uploads;
  private final BackupOptions options;
  private final Progress progress;
  private final Set<TableName> changed = new ConcurrentSkipListSet<>();

  SnapshotPass(
      List<TableReader> readers,
      KnownParts known,
      PartUploads uploads,
      BackupOptions options,
      Progress progress) {
    this.readers = readers;
    this.known = known;
    this.uploads = uploads;
    this.options = options;
    this.progress = progress;
  }

  PassResult run(List<SourceTable> sources) {
    List<TablePass> tables = sources.stream().map(TablePass::new).toList();
    List<Range> ranges = tables.stream().flatMap(t -> ranges(t).stream()).toList();
    Workers.share(readers, largestFirst(ranges), this::work);
    List<TableEntry> entries =
        tables.stream()
            .filter(table -> !changed.contains(table.source.name()))
            .map(TablePass::entry)
            .toList();
    return new PassResult(entries, changed);
  }

  private void work(TableReader reader, Range range) {
    if (changed.contains(range.table.source.name())) {
      return;
    }
    try {
      boolean keep = range.known.isPresent() && holds(reader, range, range.known.get());
      List<CutPart> parts = keep ? kept(range.known.orElseThrow()) : read(reader, range);
      if (range.table.finish(range, parts, !keep) && range.table.anyRead()) {
        requireAllRows(reader, range.table);
      }
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

  private List<CutPart> read(TableReader reader, Range range) {
    return new RangeCutter(
            range.table.source, options.partBytes(), options.compressionLevel(), uploads, progress)
        .cut(reader, range.keys);
  }

  /**
   * DDL that the server reports nowhere takes rows away: their number tells. Of a table without
   * snapshots it tells nothing.
   */
  private void requireAllRows(TableReader reader, TablePass table) {
    if (table.source.definition().transactional()
        && reader.count(table.source.definition()) != table.rows()) {
      changed.add(table.source.name());
    }
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

  /** So many that all workers have some of a large table, each of at least a few parts. */
  private List<KeyRange> segments(SourceTable table) {
    if (!table.definition().transactional()) {
      return List.of(KeyRange.ALL); // one statement, under one lock, sees one moment
    }
    long wanted = Math.min(4L * readers.size(), table.dataBytes() / (2 * options.partBytes()));
    if (wanted < 2 || readers.size() < 2) {
      return List.of(KeyRange.ALL);
    }
    try {
      return readers.getFirst().segments(table.definition(), Math.toIntExact(wanted));
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
