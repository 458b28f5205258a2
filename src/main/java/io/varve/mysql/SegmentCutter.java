package io.varve.mysql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a range of a table at keys that its index holds, by halving the segment with most rows,
 * again and again.
 *
 * <p>A candidate is found by interpolating between the first and the last key, and asking the index
 * for the next key there is; how even the halves are, the index's own estimate tells (EXPLAIN reads
 * a few pages). So sparse, composite, string and UUID keys are cut as well as dense integers. Where
 * no interpolated candidate halves well, the index is walked to the middle. Not thread-safe.
 */
final class SegmentCutter {

  /** Where to look between first and last key; tried until the halves are even enough. */
  private static final double[] FRACTIONS = {0.5, 0.25, 0.75, 0.1, 0.9, 0.02, 0.98};

  private static final double EVEN_ENOUGH = 0.3;
  private static final long FEWEST_ROWS = 2_000;

  private record Segment(KeyRange range, long rows) {}

  private final Connection connection;
  private final TableDefinition table;
  private final RangeSql sql;

  SegmentCutter(Connection connection, TableDefinition table) {
    this.connection = connection;
    this.table = table;
    this.sql = new RangeSql(table);
  }

  List<KeyRange> cut(KeyRange range, int wanted, long fewestRows) throws SQLException {
    long fewest = Math.max(FEWEST_ROWS, fewestRows);
    PriorityQueue<Segment> queue =
        new PriorityQueue<>(Comparator.comparingLong(Segment::rows).reversed());
    queue.add(new Segment(range, estimate(range)));
    List<KeyRange> whole = new ArrayList<>();
    while (!queue.isEmpty() && queue.size() + whole.size() < wanted) {
      Segment largest = queue.remove();
      Optional<List<String>> middle = largest.rows() < fewest ? Optional.empty() : middle(largest);
      if (middle.isEmpty()) {
        whole.add(largest.range());
      } else {
        KeyRange left = new KeyRange(largest.range().lower(), middle.get());
        KeyRange right = new KeyRange(middle.get(), largest.range().upper());
        queue.add(new Segment(left, estimate(left)));
        queue.add(new Segment(right, estimate(right)));
      }
    }
    queue.forEach(segment -> whole.add(segment.range()));
    return inOrder(range, whole);
  }

  /** Each segment begins where another ends: no key is compared here. */
  private static List<KeyRange> inOrder(KeyRange range, List<KeyRange> segments) {
    List<KeyRange> ordered = new ArrayList<>();
    @Nullable List<String> end = range.lower();
    while (ordered.size() < segments.size()) {
      @Nullable List<String> start = end;
      KeyRange next =
          segments.stream()
              .filter(segment -> Objects.equals(segment.lower(), start))
              .findFirst()
              .orElseThrow();
      ordered.add(next);
      end = next.upper();
    }
    return ordered;
  }

  private Optional<List<String>> middle(Segment segment) throws SQLException {
    Optional<List<String>> first = key(segment.range(), "", false, 0);
    Optional<List<String>> last = key(segment.range(), "", true, 0);
    if (first.isEmpty() || last.isEmpty() || first.equals(last)) {
      return Optional.empty();
    }
    for (double fraction : FRACTIONS) {
      Optional<List<String>> candidate = interpolate(segment, first.get(), last.get(), fraction);
      if (candidate.isPresent() && halves(segment, candidate.get(), last.get())) {
        return candidate;
      }
    }
    return key(segment.range(), "", false, segment.rows() / 2)
        .filter(candidate -> !candidate.equals(last.get()));
  }

  private boolean halves(Segment segment, List<String> candidate, List<String> last)
      throws SQLException {
    if (candidate.equals(last)) {
      return false;
    }
    double left = estimate(new KeyRange(segment.range().lower(), candidate));
    double right = estimate(new KeyRange(candidate, segment.range().upper()));
    return Math.min(left, right) / (left + right) >= EVEN_ENOUGH;
  }

  /** The key in the index at or after the point between two keys, in their first unequal column. */
  private Optional<List<String>> interpolate(
      Segment segment, List<String> first, List<String> last, double fraction) throws SQLException {
    List<Column> columns = table.keyColumns();
    StringBuilder prefix = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      String name = Quoted.identifier(column.name());
      if (first.get(i).equals(last.get(i))) {
        prefix.append(name).append('=').append(column.literal(first.get(i))).append(" AND ");
        continue;
      }
      Optional<String> between = between(column, first.get(i), last.get(i), fraction);
      if (between.isEmpty()) {
        return Optional.empty();
      }
      String from = prefix + name + ">=" + column.literal(between.get());
      return key(segment.range(), from, false, 0);
    }
    return Optional.empty();
  }

  static Optional<String> between(Column column, String first, String last, double fraction) {
    return switch (column.encoding()) {
      case NUMBER, ORDINAL, DOUBLE, FLOAT -> {
        BigDecimal low = new BigDecimal(first);
        BigDecimal width = new BigDecimal(last).subtract(low);
        BigDecimal at = low.add(width.multiply(BigDecimal.valueOf(fraction)));
        yield Optional.of(at.setScale(0, RoundingMode.CEILING).toPlainString());
      }
      case BYTES -> Optional.of(bytesBetween(first, last, fraction, column.charset() != null));
      case TEMPORAL, TEXT, LONG_BYTES, JSON -> Optional.empty();
    };
  }

  /** The eight bytes after what both have in common, as a number between theirs. */
  private static String bytesBetween(String first, String last, double fraction, boolean text) {
    final int width = 8;
    byte[] low = HexFormat.of().parseHex(first);
    byte[] high = HexFormat.of().parseHex(last);
    int common = 0;
    while (common < low.length && common < high.length && low[common] == high[common]) {
      common++;
    }
    byte[] from = java.util.Arrays.copyOfRange(low, common, common + width);
    byte[] to = java.util.Arrays.copyOfRange(high, common, common + width);
    BigInteger start = new BigInteger(1, from);
    BigInteger distance = new BigInteger(1, to).subtract(start);
    BigInteger at =
        start.add(new BigDecimal(distance).multiply(BigDecimal.valueOf(fraction)).toBigInteger());
    StringBuilder hex = new StringBuilder(first.substring(0, 2 * common));
    for (int i = width - 1; i >= 0; i--) {
      int value = at.shiftRight(8 * i).intValue() & 0xff;
      // a text's bytes must be valid in its charset: ASCII is, in nearly all
      hex.append(HexFormat.of().toHexDigits((byte) (text ? Math.clamp(value, 0x20, 0x7e) : value)));
    }
    return hex.toString();
  }

  private Optional<List<String>> key(KeyRange range, String more, boolean descending, long offset)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql.key(range, more, descending, offset))) {
      return rows.next() ? Optional.of(TableReader.bounds(table, rows)) : Optional.empty();
    } catch (SQLException e) {
      if (!more.isEmpty() && !TableIdentities.isGone(e)) {
        return Optional.empty(); // a point that is no value of the column: look elsewhere
      }
      throw e;
    }
  }

  private long estimate(KeyRange range) throws SQLException {
    return Rows.one(connection, sql.explain(range), row -> row.getLong("rows"));
  }
}
