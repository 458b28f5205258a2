package io.varve.mysql;

import io.varve.codec.ColumnForm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The statements that read, judge and cut ranges of one table. */
final class RangeSql {

  private final TableDefinition table;

  RangeSql(TableDefinition table) {
    this.table = table;
  }

  /** The rows of a range in the order of the key, at most so many. */
  String rows(KeyRange range, long limit) {
    String select =
        table.columns().stream()
            .map(RangeSql::read)
            .collect(Collectors.joining(", ", "SELECT ", ""));
    return select + from(range) + orderBy("") + (table.hasRangeKey() ? " LIMIT " + limit : "");
  }

  /**
   * Number of rows, XOR and sum of their hashes, and how many have none because their canonical
   * bytes exceed max_allowed_packet: findings on checksums in docs/format.md.
   */
  String checksum(KeyRange range) {
    return "SELECT COUNT(*), BIT_XOR(h), COUNT(h)"
        + (table.rowsMayRepeat() ? ", SUM(h)" : "")
        + " FROM (SELECT "
        + rowHash()
        + " AS h"
        + from(range)
        + ") AS hashes";
  }

  String count() {
    return "SELECT COUNT(*) FROM " + tableName();
  }

  String delete(KeyRange range) {
    return "DELETE FROM " + table.name().quoted() + where(range);
  }

  /** The key of the first row of a range, or, descending, of the last; or the one after a few. */
  String key(KeyRange range, String more, boolean descending, long offset) {
    String keys = table.keyColumns().stream().map(RangeSql::read).collect(Collectors.joining(", "));
    return "SELECT "
        + keys
        + from(range)
        + (more.isEmpty() ? "" : (where(range).isEmpty() ? " WHERE " : " AND ") + more)
        + orderBy(descending ? " DESC" : "")
        + " LIMIT 1 OFFSET "
        + offset;
  }

  String explain(KeyRange range) {
    return "EXPLAIN FORMAT=TRADITIONAL SELECT 1" + from(range);
  }

  private String from(KeyRange range) {
    String index =
        table.hasRangeKey() ? " FORCE INDEX (" + Quoted.identifier(table.rangeKeyName()) + ")" : "";
    return " FROM " + tableName() + index + where(range);
  }

  private String tableName() {
    return table.name().quoted() + (table.hasHistory() ? " FOR SYSTEM_TIME ALL" : "");
  }

  private String orderBy(String direction) {
    return table.keyColumns().stream()
        .map(column -> Quoted.identifier(column.name()) + direction)
        .reduce((a, b) -> a + ", " + b)
        .map(keys -> " ORDER BY " + keys)
        .orElse("");
  }

  private String where(KeyRange range) {
    List<String> conditions = new ArrayList<>();
    if (range.lower() != null) {
      conditions.add(beyond(range.lower(), 0, ">", ">"));
    }
    if (range.upper() != null) {
      conditions.add(beyond(range.upper(), 0, "<", "<="));
    }
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  /**
   * Key beyond bound, expanded: {@code (a>1 OR (a=1 AND (b>2 OR ...)))}. For a row constructor
   * {@code (a,b)>(1,2)} both servers scan the whole index.
   */
  private String beyond(List<String> bound, int from, String operator, String last) {
    Column column = table.keyColumns().get(from);
    String name = Quoted.identifier(column.name());
    String literal = column.literal(bound.get(from));
    if (from == table.rangeKey().size() - 1) {
      return name + last + literal;
    }
    String rest = beyond(bound, from + 1, operator, last);
    return "(" + name + operator + literal + " OR (" + name + "=" + literal + " AND " + rest + "))";
  }

  /** Whether one bound lies before another by the server's own rules. */
  String ascends(List<List<String>> bounds) {
    List<String> conditions = new ArrayList<>();
    for (int i = 1; i < bounds.size(); i++) {
      conditions.add(before(bounds.get(i - 1), bounds.get(i), 0));
    }
    return "SELECT " + String.join(" AND ", conditions);
  }

  private String before(List<String> lower, List<String> upper, int from) {
    Column column = table.keyColumns().get(from);
    String a = column.literal(lower.get(from));
    String b = column.literal(upper.get(from));
    if (from == table.rangeKey().size() - 1) {
      return a + " < " + b;
    }
    return "("
        + a
        + " < "
        + b
        + " OR ("
        + a
        + " = "
        + b
        + " AND "
        + before(lower, upper, from + 1)
        + "))";
  }

  private String rowHash() {
    List<String> parts = new ArrayList<>();
    each(ColumnForm.BYTES, column -> parts.add("COALESCE(LENGTH(" + read(column) + "), '')"));
    each(ColumnForm.FIXED, column -> parts.add("COALESCE(" + read(column) + ", '')"));
    each(ColumnForm.DIGEST, column -> parts.add("COALESCE(SHA2(" + read(column) + ", 256), '')"));
    each(ColumnForm.BYTES, column -> parts.add(read(column)));
    // a separator of the binary collation joins columns of any charset without converting them
    return "CAST(CONV(LEFT(SHA2(CONCAT_WS(x'00' COLLATE `binary`, "
        + String.join(", ", parts)
        + "), 256), 16), 16, 10) AS UNSIGNED)";
  }

  private void each(ColumnForm form, Consumer<Column> then) {
    table.columns().stream().filter(column -> column.encoding().form() == form).forEach(then);
  }

  private static String read(Column column) {
    return column.encoding().readExpression(column.name());
  }
}
