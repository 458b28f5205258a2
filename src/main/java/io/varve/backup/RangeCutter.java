package io.varve.backup;

import io.varve.Progress;
import io.varve.StoppedException;
import io.varve.codec.ColumnForm;
import io.varve.codec.PartEncoder;
import io.varve.codec.Row;
import io.varve.mysql.KeyRange;
import io.varve.mysql.RowSink;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableReader;
import io.varve.repository.PartEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a range and cuts it into parts while it streams: a part is closed when it is full, at
 * whatever key that is, so that parts are even whatever the keys look like. Not thread-safe; for
 * one range.
 */
final class RangeCutter implements RowSink {

  private static final long FIRST_GUESS_ROWS = 20_000;

  /** So many queries for a part: between two of them work can be shared. */
  private static final int QUERIES_A_PART = 4;

  /** Other workers, who may have nothing left to do while a long range is read. */
  interface Others {

    boolean needWork();

    /** Hands them the upper piece of the range. */
    void take(KeyRange piece);
  }

  /** A part on its way, and the last key in it; without one where it goes to the table's end. */
  record CutPart(List<String> upper, long rows, CompletableFuture<PartEntry> stored) {}

  private final TableDefinition table;
  private final long partBytes;
  private final PartEncoder encoder;
  private final PartUploads uploads;
  private final Progress progress;
  private final List<ColumnForm> forms;
  private final List<CutPart> parts = new ArrayList<>();
  private long rowBytesGuess;
  private long rowsRead;
  private long bytesRead;
  private long rowsOfQuery;
  private long limitOfQuery;
  private boolean isOpen;
  private List<String> lastKey = List.of();

  /**
   * @param encoder of the worker that reads
   */
  RangeCutter(
      SourceTable table,
      long partBytes,
      PartEncoder encoder,
      PartUploads uploads,
      Progress progress) {
    this.table = table.definition();
    this.partBytes = partBytes;
    this.encoder = encoder;
    this.uploads = uploads;
    this.progress = progress;
    this.forms = this.table.forms();
    this.rowBytesGuess =
        table.estimatedRows() > 0 ? Math.max(1, table.dataBytes() / table.estimatedRows()) : 0;
  }

  /**
   * Reads all rows of a range in one or more queries, each for some part of a part: between them
   * the table's metadata lock is free. A table without snapshots is read by one, which holds the
   * table's lock, so that its rows are of one moment.
   *
   * @param others are given half of what is left, where they need it
   */
  List<CutPart> cut(TableReader reader, KeyRange range, Others others) {
    KeyRange rest = range;
    boolean more = true;
    while (more) {
      limitOfQuery = table.transactional() ? rowsToRead() : Long.MAX_VALUE;
      rowsOfQuery = 0;
      long before = bytesRead;
      long rows = reader.read(table, rest, limitOfQuery, this);
      progress.advance(rows, bytesRead - before);
      more = table.hasRangeKey() && rows == limitOfQuery;
      if (more) {
        rest = shared(reader, new KeyRange(lastKey, rest.upper()), others);
      }
    }
    if (isOpen) {
      close(rest.upper() == null ? List.of() : rest.upper());
    }
    return parts;
  }

  /** What is left to this worker: all of it, or the lower half where others need work. */
  private KeyRange shared(TableReader reader, KeyRange rest, Others others) {
    if (!others.needWork()) {
      return rest;
    }
    long fewestRows = partBytes / QUERIES_A_PART / Math.max(1, rowBytesGuess);
    List<KeyRange> halves = reader.segments(table, rest, 2, fewestRows);
    if (halves.size() == 2) {
      others.take(halves.getLast());
    }
    return halves.getFirst();
  }

  private long rowsToRead() {
    if (rowsRead > 0) {
      rowBytesGuess = Math.max(1, bytesRead / rowsRead);
    }
    if (rowBytesGuess == 0) {
      return FIRST_GUESS_ROWS;
    }
    long left = partBytes - (isOpen ? encoder.rawBytes() : 0);
    return Math.max(1, Math.min(left, partBytes / QUERIES_A_PART) / rowBytesGuess + 1);
  }

  @Override
  public void row(Row row) {
    if (Thread.currentThread().isInterrupted()) {
      throw new StoppedException();
    }
    if (!isOpen) {
      encoder.begin(forms);
      isOpen = true;
    }
    long before = encoder.rawBytes();
    encoder.add(row);
    rowsRead++;
    rowsOfQuery++;
    bytesRead += encoder.rawBytes() - before;
    boolean isFull = encoder.rawBytes() >= partBytes;
    if (isFull || rowsOfQuery == limitOfQuery) {
      lastKey = table.keyOf(row);
    }
    if (isFull) {
      close(lastKey);
    }
  }

  private void close(List<String> upper) {
    isOpen = false;
    long rows = encoder.rows();
    parts.add(new CutPart(upper, rows, uploads.put(table, encoder.finish())));
  }
}
