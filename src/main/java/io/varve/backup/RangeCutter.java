package io.varve.backup;

import io.varve.Progress;
import io.varve.StoppedException;
import io.varve.codec.ColumnForm;
import io.varve.codec.PartEncoder;
import io.varve.mysql.KeyRange;
import io.varve.mysql.RowSink;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableReader;
import io.varve.repository.PartEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range and cuts it into parts while it streams: a part is closed when it is full, at
 * whatever key that is, so that parts are even whatever the keys look like. Not thread-safe; for
 * one range.
 */
final class RangeCutter implements RowSink {

  private static final long FIRST_GUESS_ROWS = 20_000;

  /** A part on its way, and the last key in it. */
  record CutPart(List<String> upper, long rows, CompletableFuture<PartEntry> stored) {}

  private final TableDefinition table;
  private final long partBytes;
  private final int level;
  private final PartUploads uploads;
  private final Progress progress;
  private final List<ColumnForm> forms;
  private final List<CutPart> parts = new ArrayList<>();
  private long rowBytesGuess;
  private long rowsRead;
  private long bytesRead;
  private @Nullable PartEncoder encoder;
  private byte[] @Nullable [] lastRow = new byte[0][];

  RangeCutter(
      SourceTable table, long partBytes, int level, PartUploads uploads, Progress progress) {
    this.table = table.definition();
    this.partBytes = partBytes;
    this.level = level;
    this.uploads = uploads;
    this.progress = progress;
    this.forms = this.table.forms();
    this.rowBytesGuess =
        table.estimatedRows() > 0 ? Math.max(1, table.dataBytes() / table.estimatedRows()) : 0;
  }

  /**
   * Reads all rows of a range in one or more queries, each for about as many rows as fill a part:
   * between them the table's metadata lock is free. A table without snapshots is read by one, which
   * holds the table's lock, so that its rows are of one moment.
   */
  List<CutPart> cut(TableReader reader, KeyRange range) {
    KeyRange rest = range;
    boolean more = true;
    while (more) {
      long limit = table.transactional() ? rowsToFill() : Long.MAX_VALUE;
      long before = bytesRead;
      long rows = reader.read(table, rest, limit, this);
      progress.advance(rows, bytesRead - before);
      more = table.hasRangeKey() && rows == limit;
      if (more) {
        rest = new KeyRange(table.keyOf(lastRow), range.upper());
      }
    }
    if (encoder != null) {
      close(encoder);
    }
    return parts;
  }

  private long rowsToFill() {
    if (rowsRead > 0) {
      rowBytesGuess = Math.max(1, bytesRead / rowsRead);
    }
    if (rowBytesGuess == 0) {
      return FIRST_GUESS_ROWS;
    }
    long left = partBytes - (encoder == null ? 0 : encoder.rawBytes());
    return Math.max(1, left / rowBytesGuess + 1);
  }

  @Override
  public void row(byte[] @Nullable [] fields) {
    PartEncoder open = encoder;
    if (open == null) {
      open = new PartEncoder(forms, level);
      encoder = open;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new StoppedException();
    }
    long before = open.rawBytes();
    open.add(fields);
    rowsRead++;
    bytesRead += open.rawBytes() - before;
    lastRow = fields;
    if (open.rawBytes() >= partBytes) {
      close(open);
    }
  }

  private void close(PartEncoder full) {
    encoder = null;
    try {
      parts.add(new CutPart(table.keyOf(lastRow), full.rows(), uploads.put(table, full.finish())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }
}
