package io.varve.backup;

import io.varve.Progress;
import io.varve.StoppedException;
import io.varve.backup.KnownParts.KnownRange;
import io.varve.codec.ColumnForm;
import io.varve.codec.PartEncoder;
import io.varve.codec.Row;
import io.varve.codec.RowChecksum;
import io.varve.mysql.KeyRange;
import io.varve.mysql.RowSink;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableReader;
import io.varve.mysql.TimeIsUpException;
import io.varve.repository.PartEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range and cuts it into parts while it streams: a part is closed when it is full, at
 * whatever key that is, so that parts are even whatever the keys look like. Where parts of the
 * range are known, its text is held until it shows whether the rows are theirs. Not thread-safe;
 * for one range.
 */
final class RangeCutter implements RowSink {

  /**
   * How large rows are shows when some are read. What the server's statistics say of it may be off
   * by any factor, or missing, and a query that brings too many holds metadata locks for long.
   */
  private static final long ROWS_OF_FIRST_QUERY = 1_000;

  /** So many queries for a part: between two of them work can be shared, or stopped. */
  private static final int QUERIES_A_PART = 4;

  private static final int ROWS_BETWEEN_LOOKS = 1024;
  private static final long BYTES_BETWEEN_LOOKS = 1 << 20;

  /** Other workers, who may have nothing left to do while a long range is read. */
  interface Others {

    boolean needWork();

    /** Hands them the upper piece of the range. */
    void take(KeyRange piece);
  }

  /**
   * A part on its way.
   *
   * @param lower the key before the first in it; null where it begins with the table
   * @param upper the last key in it; null where it goes to the table's end
   */
  record CutPart(
      @Nullable List<String> lower,
      @Nullable List<String> upper,
      long rows,
      CompletableFuture<PartEntry> stored) {}

  /** What came of a range. */
  enum Outcome {
    /** Its parts cover it. */
    READ,
    /** Its rows are those of the known parts: there are no new ones. */
    KEPT,
    /** The time was up before its end: what parts there are cover the beginning. */
    STOPPED
  }

  private final TableDefinition table;
  private final long partBytes;
  private final PartEncoder encoder;
  private final PartUploads uploads;
  private final Consumer<CutPart> made;
  private final Progress progress;
  private final Pace pace;
  private final List<ColumnForm> forms;
  private final KnownRange known;
  private final RowChecksum knownChecksum;
  private final long knownBytes;
  private final List<CutPart> parts = new ArrayList<>();
  private long closeBytes;
  private boolean mayBeKnown;
  private long rowBytesGuess;
  private long rowsRead;
  private long bytesRead;
  private long rowsOfQuery;
  private long limitOfQuery;
  private long rowsAtLook;
  private long bytesAtLook;
  private boolean isOpen;
  private @Nullable List<String> lower;
  private List<String> lastKey = List.of();
  private @Nullable List<String> end;

  /**
   * @param known the range, and the parts that it had
   * @param partBytes after which a part is closed; those of a known range that grew are split
   *     evenly
   * @param encoder of the worker that reads
   * @param made hears of each part when it is on its way
   */
  RangeCutter(
      SourceTable table,
      KnownRange known,
      long partBytes,
      PartEncoder encoder,
      PartUploads uploads,
      Consumer<CutPart> made,
      Progress progress,
      Pace pace) {
    this.table = table.definition();
    this.known = known;
    this.knownChecksum = known.checksum();
    this.knownBytes = known.rawBytes();
    this.partBytes = partBytes;
    this.encoder = encoder;
    this.uploads = uploads;
    this.made = made;
    this.progress = progress;
    this.pace = pace;
    this.forms = this.table.forms();
    this.lower = known.keys().lower();
    this.closeBytes = closeBytes(known, partBytes);
    this.rowBytesGuess = rowBytes(known, table);
  }

  private static long rowBytes(KnownRange known, SourceTable table) {
    if (known.checksum().rows() > 0) {
      return Math.max(1, known.rawBytes() / known.checksum().rows());
    }
    return table.estimatedRows() > 0 ? Math.max(1, table.dataBytes() / table.estimatedRows()) : 0;
  }

  /**
   * A known range that has grown somewhat stays one part, for else each change would leave a
   * fragment; one that has grown by a quarter is cut into equal halves.
   */
  private static long closeBytes(KnownRange known, long partBytes) {
    if (known.parts().isEmpty()) {
      return partBytes;
    }
    long pieces = (long) Math.ceil(known.rawBytes() / (double) partBytes - 0.25);
    return pieces <= 1
        ? Math.min(partBytes + partBytes / 2, BackupOptions.MOST_PART_BYTES)
        : known.rawBytes() / pieces * 11 / 10;
  }

  /** Whether the text of a known range may be held until it shows whether it has changed. */
  static boolean fitsOnePart(KnownRange known, long partBytes) {
    return known.rawBytes() <= partBytes + partBytes / 2;
  }

  /** Reads the range as new: makes parts whatever was known. */
  Outcome cut(TableReader reader, Others others) {
    return runInTime(reader, others);
  }

  /** Reads the range, and makes parts only if its rows are not those of the known parts. */
  Outcome judge(TableReader reader, Others others) {
    mayBeKnown = true;
    return runInTime(reader, others);
  }

  /** The parts so far, in the order of the key. */
  List<CutPart> parts() {
    return parts;
  }

  /** The range that was read, without what others were given of it. */
  KeyRange covered() {
    return new KeyRange(known.keys().lower(), end);
  }

  /** Rows that came from the server. */
  long rowsRead() {
    return rowsRead;
  }

  /** The size of their text. */
  long bytesRead() {
    return bytesRead;
  }

  private Outcome runInTime(TableReader reader, Others others) {
    try {
      return run(reader, others);
    } catch (TimeIsUpException e) {
      return Outcome.STOPPED;
    }
  }

  /**
   * Reads all rows in one or more queries, each for some part of a part: between them the table's
   * metadata lock is free. A table without snapshots is read by one, which holds the table's lock,
   * so that its rows are of one moment.
   *
   * @param others are given half of what is left, where they need it
   */
  private Outcome run(TableReader reader, Others others) {
    KeyRange rest = known.keys();
    boolean more = true;
    while (more) {
      limitOfQuery = table.transactional() && table.hasRangeKey() ? rowsToRead() : Long.MAX_VALUE;
      rowsOfQuery = 0;
      long before = bytesRead;
      long rows = reader.read(table, rest, limitOfQuery, this);
      progress.advance(table.name().schema(), table.name().table(), rows, bytesRead - before);
      rowBytesGuess = rowsRead > 0 ? Math.max(1, bytesRead / rowsRead) : rowBytesGuess;
      more = table.hasRangeKey() && rows == limitOfQuery;
      if (more && !pace.mayGoOn()) {
        if (isOpen && !mayBeKnown) {
          close(lastKey);
        }
        return Outcome.STOPPED;
      }
      if (more) {
        rest = shared(reader, new KeyRange(lastKey, rest.upper()), others);
      }
    }
    end = rest.upper();
    if (mayBeKnown && isWhatIsKnown()) {
      return Outcome.KEPT;
    }
    if (isOpen) {
      close(end);
    }
    return Outcome.READ;
  }

  private boolean isWhatIsKnown() {
    if (!isOpen) {
      return rowsRead == 0 && knownChecksum.rows() == 0;
    }
    return encoder.checksum().equals(knownChecksum, table.rowsMayRepeat());
  }

  /** What is left to this worker: all of it, or the lower half where others need work. */
  private KeyRange shared(TableReader reader, KeyRange rest, Others others) {
    if (mayBeKnown || !others.needWork()) {
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
    if (rowBytesGuess == 0) {
      return ROWS_OF_FIRST_QUERY;
    }
    long left = closeBytes - (isOpen ? encoder.rawBytes() : 0);
    long most = Math.min(partBytes / QUERIES_A_PART, pace.mostBytesAQuery());
    long rows = Math.max(1, Math.min(left, most) / rowBytesGuess + 1);
    boolean isMeasured = rowsRead > 0 || knownChecksum.rows() > 0;
    return isMeasured ? rows : Math.min(rows, ROWS_OF_FIRST_QUERY);
  }

  @Override
  public void row(Row row) {
    if (Thread.currentThread().isInterrupted()) {
      throw new StoppedException();
    }
    boolean isLast = isTimeToLook() && pace.isTimeUp();
    if (isLast && !Checkpoint.takesSingleParts(table)) {
      throw new TimeIsUpException();
    }
    if (!isOpen) {
      encoder.begin(forms);
      isOpen = true;
      if (mayBeKnown) {
        encoder.hold();
      }
    }
    long before = encoder.rawBytes();
    encoder.add(row);
    rowsRead++;
    rowsOfQuery++;
    bytesRead += encoder.rawBytes() - before;
    if (mayBeKnown && (rowsRead > knownChecksum.rows() || encoder.rawBytes() > knownBytes)) {
      mayBeKnown = false;
      encoder.compress();
    }
    boolean isFull = encoder.rawBytes() >= closeBytes && !mayBeKnown;
    if (isFull || isLast || rowsOfQuery == limitOfQuery) {
      lastKey = table.keyOf(row);
    }
    if (isFull || (isLast && !mayBeKnown)) {
      close(lastKey);
    }
    if (isLast) {
      throw new TimeIsUpException(); // in the middle of a query that may bring any number
    }
  }

  private boolean isTimeToLook() {
    boolean isTime =
        rowsRead - rowsAtLook >= ROWS_BETWEEN_LOOKS
            || bytesRead - bytesAtLook >= BYTES_BETWEEN_LOOKS;
    if (isTime) {
      rowsAtLook = rowsRead;
      bytesAtLook = bytesRead;
    }
    return isTime;
  }

  private void close(@Nullable List<String> upper) {
    isOpen = false;
    mayBeKnown = false;
    long rows = encoder.rows();
    CutPart part = new CutPart(lower, upper, rows, uploads.put(table, encoder.finish()));
    parts.add(part);
    made.accept(part);
    lower = upper;
  }
}
