package io.varve.mysql;

import io.varve.InvalidRequestException;
import io.varve.StoppedException;
import io.varve.codec.Row;
import io.varve.codec.RowChecksum;
import io.varve.codec.RowChecksums;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads and judges ranges of tables over one connection: on a source inside its snapshot, on a
 * target outside of any. Each call takes and gives back the table's metadata lock, so that DDL
 * never waits for longer than one range is read. Not thread-safe.
 */
public final class TableReader {

  private final Connection connection;
  private final String server;
  private final boolean inSnapshot;
  private final LargeRows largeRows;
  private final Throttle throttle;
  private final byte[] buffer = RowStream.newBuffer();

  private TableReader(
      Connection connection,
      String server,
      boolean inSnapshot,
      LargeRows largeRows,
      Throttle throttle) {
    this.connection = connection;
    this.server = server;
    this.inSnapshot = inSnapshot;
    this.largeRows = largeRows;
    this.throttle = throttle;
  }

  /** On a connection whose transaction must stay open: it is the snapshot. */
  static TableReader inSnapshot(
      Connection connection, String server, LargeRows largeRows, Throttle throttle) {
    return new TableReader(connection, server, true, largeRows, throttle);
  }

  /** On a connection in autocommit. */
  static TableReader outsideSnapshot(Connection connection, String server, Throttle throttle) {
    return new TableReader(connection, server, false, new LargeRows(), throttle);
  }

  /**
   * Streams the rows of a range, at most so many, in the order of the range key; without one, all
   * rows in any order. Keeps one row in memory.
   *
   * @return how many there were
   * @throws TableChangedException if DDL came between
   * @throws TimeIsUpException as the sink does: then this reader is of no more use
   */
  public long read(TableDefinition table, KeyRange range, long limit, RowSink sink) {
    return guarded(
        "read",
        table,
        () -> {
          try (RowStream rows =
              RowStream.open(
                  connection,
                  new RangeSql(table).rows(range, limit),
                  buffer,
                  largeRows,
                  throttle)) {
            return pump(rows, table, sink);
          }
        });
  }

  private static long pump(RowStream rows, TableDefinition table, RowSink sink)
      throws SQLException {
    try {
      return pumpAll(rows, table, sink);
    } catch (TimeIsUpException e) {
      rows.cutOff();
      throw e;
    }
  }

  private static long pumpAll(RowStream rows, TableDefinition table, RowSink sink)
      throws SQLException {
    Row row = new Row(table.columns().size());
    int[] documents = documents(table);
    long count = 0;
    while (rows.next(row)) {
      for (int document : documents) {
        requireWhole(row, table, document);
      }
      sink.row(row);
      count++;
    }
    return count;
  }

  private static int[] documents(TableDefinition table) {
    return IntStream.range(0, table.columns().size())
        .filter(i -> table.columns().get(i).encoding() == ColumnEncoding.JSON)
        .toArray();
  }

  /** MySQL shows a document whose text exceeds max_allowed_packet as '', with a mere warning. */
  private static void requireWhole(Row row, TableDefinition table, int column) {
    if (row.length(column) == 0) {
      throw new InvalidRequestException(
          "read",
          "table " + table.name(),
          "a document in column "
              + table.columns().get(column).name()
              + " is longer than the server's max_allowed_packet, so the server does not show it",
          "Set max_allowed_packet on the server to more than the longest document, up to 1 GB.");
    }
  }

  /**
   * Lets the server compute the checksum of a range: no row crosses the network.
   *
   * @throws io.varve.InvalidRequestException if a row is too long for max_allowed_packet
   */
  public RowChecksum checksum(TableDefinition table, KeyRange range) {
    return guarded(
        "compute the checksum of",
        table,
        () ->
            Rows.one(
                connection,
                new RangeSql(table).checksum(range),
                row -> {
                  long rows = row.getLong(1);
                  if (row.getLong(3) != rows) {
                    throw new InvalidRequestException(
                        "compute the checksum of",
                        "table " + table.name(),
                        "a row of it is longer than the server's max_allowed_packet",
                        "Set max_allowed_packet to more than the longest row, up to 1 GB.");
                  }
                  return new RowChecksum(
                      rows,
                      new BigInteger(row.getString(2)).longValue(),
                      table.rowsMayRepeat() && row.getString(4) != null
                          ? new BigInteger(row.getString(4)).longValue()
                          : 0);
                }));
  }

  /** Computes here what {@link #checksum} lets the server do: reads the rows. */
  public RowChecksum checksumHere(TableDefinition table, KeyRange range) {
    return checksumHere(table, range, row -> {});
  }

  /** The same with floating columns normalized. */
  public RowChecksum normalizedChecksum(TableDefinition table, KeyRange range) {
    return checksumHere(table, range, new FloatingColumns(table)::normalize);
  }

  private RowChecksum checksumHere(TableDefinition table, KeyRange range, RowSink before) {
    RowChecksums rows = new RowChecksums(table.forms());
    read(
        table,
        range,
        Long.MAX_VALUE,
        row -> {
          if (Thread.currentThread().isInterrupted()) {
            throw new StoppedException();
          }
          before.row(row);
          rows.add(row);
        });
    return rows.checksum();
  }

  /** Counts all rows of a table. */
  public long count(TableDefinition table) {
    return guarded(
        "count the rows of",
        table,
        () -> Rows.one(connection, new RangeSql(table).count(), row -> row.getLong(1)));
  }

  /**
   * Whether bounds ascend strictly by this server's own order: under another collation they need
   * not, and then ranges mean nothing.
   */
  public boolean ascend(TableDefinition table, List<List<String>> bounds) {
    final int atOnce = 500;
    for (int from = 0; from < bounds.size() - 1; from += atOnce) {
      List<List<String>> some = bounds.subList(from, Math.min(bounds.size(), from + atOnce + 1));
      boolean ascending =
          guarded(
              "compare the bounds of",
              table,
              () ->
                  Rows.one(
                      connection, new RangeSql(table).ascends(some), row -> row.getInt(1) == 1));
      if (!ascending) {
        return false;
      }
    }
    return true;
  }

  /**
   * Cuts a range into segments that hold about the same number of rows, for several readers.
   *
   * @param fewestRows of a segment that is worth cutting
   * @return at least one, at most so many; without a gap
   */
  public List<KeyRange> segments(
      TableDefinition table, KeyRange range, int wanted, long fewestRows) {
    if (!table.hasRangeKey() || wanted < 2) {
      return List.of(range);
    }
    return guarded(
        "cut", table, () -> new SegmentCutter(connection, table).cut(range, wanted, fewestRows));
  }

  private <T> T guarded(String doing, TableDefinition table, SqlCall<T> call) {
    throttle.beginStatement();
    try {
      if (inSnapshot) {
        Rows.execute(connection, "SAVEPOINT varve_range");
      }
      try {
        return call.run();
      } finally {
        if (inSnapshot && !connection.isClosed()) { // else why it is closed would not be said
          Rows.execute(connection, "ROLLBACK TO SAVEPOINT varve_range");
        }
      }
    } catch (SQLException e) {
      if (TableIdentities.isGone(e)) {
        throw new TableChangedException(table.name(), e);
      }
      throw SqlErrors.translate(e, doing, "table " + table.name() + " on " + server);
    } finally {
      throttle.endStatement();
    }
  }

  @FunctionalInterface
  private interface SqlCall<T> {
    T run() throws SQLException;
  }

  static List<String> bounds(TableDefinition table, ResultSet row) throws SQLException {
    List<String> bounds = new ArrayList<>();
    for (Column column : table.keyColumns()) {
      bounds.add(column.bound(row.getBytes(bounds.size() + 1)));
    }
    return List.copyOf(bounds);
  }
}
