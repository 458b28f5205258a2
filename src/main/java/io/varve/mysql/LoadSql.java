package io.varve.mysql;

import io.varve.codec.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** The statements that load rows into one table. */
final class LoadSql {

  private final TableDefinition table;

  LoadSql(TableDefinition table) {
    this.table = table;
  }

  /**
   * {@code LOAD DATA} of a part's text. The text is declared binary, so that no byte of it is
   * converted: each string column takes the bytes that it gave.
   */
  String loadData() {
    List<String> targets = new ArrayList<>();
    List<String> assignments = new ArrayList<>();
    for (Column column : table.columns()) {
      String name = Quoted.identifier(column.name());
      String variable = "@c" + targets.size();
      String expression = column.encoding().loadExpression(variable);
      targets.add(expression == null ? name : variable);
      if (expression != null) {
        assignments.add(name + "=" + expression);
      }
    }
    return "LOAD DATA LOCAL INFILE 'part' INTO TABLE "
        + table.name().quoted()
        + " CHARACTER SET binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\'"
        + " LINES TERMINATED BY '\\n' ("
        + String.join(",", targets)
        + ")"
        + (assignments.isEmpty() ? "" : " SET " + String.join(",", assignments));
  }

  /** The beginning of a multi-row INSERT; {@link #row} follows, separated by commas. */
  String insert() {
    return table.columns().stream()
        .map(column -> Quoted.identifier(column.name()))
        .collect(
            Collectors.joining(",", "INSERT INTO " + table.name().quoted() + " (", ") VALUES "));
  }

  /** Most that the INSERT of one row takes, by the size of the row's text. */
  long longestInsert(long rowBytes) {
    // two hex digits for a byte of the text, and what stands around each literal
    return insert().getBytes(StandardCharsets.UTF_8).length
        + 2 * rowBytes
        + 32L * table.columns().size();
  }

  String row(Row fields) {
    StringBuilder row = new StringBuilder("(");
    for (int i = 0; i < fields.columns(); i++) {
      if (i > 0) {
        row.append(',');
      }
      ColumnEncoding encoding = table.columns().get(i).encoding();
      byte[] value = fields.value(i);
      if (value == null) {
        row.append("NULL");
        continue;
      }
      String literal =
          switch (encoding) {
            case BYTES, LONG_BYTES, JSON, TEXT -> "x'" + HexFormat.of().formatHex(value) + "'";
            case NUMBER, DOUBLE, FLOAT, TEMPORAL, ORDINAL ->
                Quoted.text(new String(value, StandardCharsets.US_ASCII));
          };
      String expression = encoding.loadExpression(literal);
      row.append(expression == null ? literal : expression);
    }
    return row.append(')').toString();
  }
}
