package io.varve;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells of tables whose work is known beforehand: each has some pieces, and is done when they are.
 * Thread-safe once all tables are added.
 */
public final class TableProgress {

  private final Progress progress;
  private final Map<Name, Work> tables = new HashMap<>();

  private record Name(String schema, String table) {}

  /** What is to be done for a table. */
  private static final class Work {
    private final AtomicInteger pieces = new AtomicInteger();
    private long bytes;
  }

  public TableProgress(Progress progress) {
    this.progress = progress;
  }

  /** There is a piece of a table to be done. */
  public void add(String schema, String table, long bytes) {
    Work work = tables.computeIfAbsent(new Name(schema, table), name -> new Work());
    work.pieces.incrementAndGet();
    work.bytes += bytes;
  }

  /** All are added: says how many tables there are. */
  public void begin() {
    progress.tables(tables.size());
  }

  /** A piece is begun. */
  public void begins(String schema, String table) {
    Work work = tables.get(new Name(schema, table));
    progress.tableBegins(schema, table, work == null ? 0 : work.bytes);
  }

  /** A piece is done. */
  public void done(String schema, String table, long rows, long bytes) {
    progress.advance(schema, table, rows, bytes);
    Work work = tables.get(new Name(schema, table));
    if (work != null && work.pieces.decrementAndGet() == 0) {
      progress.tableEnds(schema, table);
    }
  }
}
