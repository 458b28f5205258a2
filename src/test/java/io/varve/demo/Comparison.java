package io.varve.demo;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the server itself whether two schemas are the same, with nothing of Varve: tables by a join
 * on the primary key that compares the bytes of every column, views by {@code EXCEPT} both ways,
 * definitions by the information schema.
 */
record Comparison(Connection connection, String source, String copy) {

  private static final String TABLES =
      """
      SELECT table_name, table_type FROM information_schema.tables
      WHERE table_schema = '%s' ORDER BY table_type, table_name
      """;

  private static final String TABLE =
      """
      SELECT table_type, engine, table_collation, create_options, table_comment
      FROM information_schema.tables WHERE table_schema = '%s' AND table_name = '%s'
      """;

  private static final String COLUMNS =
      """
      SELECT column_name, column_type, is_nullable, column_default, extra, collation_name,
        generation_expression, column_comment
      FROM information_schema.columns WHERE table_schema = '%s' AND table_name = '%s'
      ORDER BY ordinal_position
      """;

  private static final String KEY =
      """
      SELECT GROUP_CONCAT(column_name) FROM information_schema.key_column_usage
      WHERE table_schema = '%s' AND table_name = '%s' AND constraint_name = 'PRIMARY'
      """;

  private static final String INDEXES =
      """
      SELECT index_name, seq_in_index, column_name, non_unique, collation, sub_part, index_type
      FROM information_schema.statistics WHERE table_schema = '%s' AND table_name = '%s'
      ORDER BY index_name, seq_in_index
      """;

  private static final String FOREIGN_KEYS =
      """
      SELECT constraint_name, referenced_table_name, update_rule, delete_rule,
        constraint_schema = unique_constraint_schema
      FROM information_schema.referential_constraints
      WHERE constraint_schema = '%s' AND table_name = '%s' ORDER BY constraint_name
      """;

  private static final String TRIGGERS =
      """
      SELECT trigger_name, action_timing, event_manipulation, action_statement
      FROM information_schema.triggers
      WHERE event_object_schema = '%s' AND event_object_table = '%s' ORDER BY trigger_name
      """;

  private static final String VIEW =
      """
      SELECT view_definition, check_option, security_type
      FROM information_schema.views WHERE table_schema = '%s' AND table_name = '%s'
      """;

  /** What became of one table or view. */
  record Verdict(String name, boolean view, long rows, boolean identical) {}

  List<Verdict> compare() throws SQLException {
    List<Verdict> verdicts = new ArrayList<>();
    for (List<String> table : rows(TABLES, source)) {
      verdicts.add(compare(table.get(0), table.get(1).equals("VIEW")));
    }
    return verdicts;
  }

  private Verdict compare(String name, boolean view) throws SQLException {
    long rows = count("SELECT COUNT(*) FROM %s.%s", source, name);
    boolean identical =
        sameDefinition(name)
            && rows == count("SELECT COUNT(*) FROM %s.%s", copy, name)
            && (view
                ? missing(name, source, copy) + missing(name, copy, source) == 0
                : rowsAlike(name) == rows);
    return new Verdict(name, view, rows, identical);
  }

  /** How many rows have a row with the same key and the same bytes in the copy. */
  private long rowsAlike(String table) throws SQLException {
    String equal =
        columns(table).stream()
            .map("CAST(here.%1$s AS BINARY) <=> CAST(there.%1$s AS BINARY)"::formatted)
            .collect(joining(" AND "));
    String key = rows(KEY, source, table).getFirst().getFirst();
    return count(
        "SELECT COUNT(*) FROM %s.%s here JOIN %s.%s there USING (%s) WHERE %s",
        source, table, copy, table, key, equal);
  }

  /** How many distinct rows one side has and the other has not. */
  private long missing(String view, String here, String there) throws SQLException {
    String columns =
        columns(view).stream().map("CAST(%1$s AS BINARY) %1$s"::formatted).collect(joining(", "));
    return count(
        "SELECT COUNT(*) FROM (SELECT %s FROM %s.%s EXCEPT SELECT %s FROM %s.%s) missing",
        columns, here, view, columns, there, view);
  }

  private List<String> columns(String name) throws SQLException {
    return rows(COLUMNS, source, name).stream().map(List::getFirst).toList();
  }

  private boolean sameDefinition(String name) throws SQLException {
    for (String query : List.of(TABLE, COLUMNS, INDEXES, FOREIGN_KEYS, TRIGGERS, VIEW)) {
      if (!rows(query, source, name).equals(rows(query, copy, name))) {
        return false;
      }
    }
    return true;
  }

  private long count(String query, Object... words) throws SQLException {
    return Long.parseLong(rows(query, words).getFirst().getFirst());
  }

  /** The rows of a query as text; names of the copy's schema read as the source's. */
  private List<List<String>> rows(String query, Object... words) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query.formatted(words))) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(
              String.valueOf(result.getString(i)).replace("`" + copy + "`", "`" + source + "`"));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
