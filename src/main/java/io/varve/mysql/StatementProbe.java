package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Asks a server whether it would take a table's definition, without making the table: it prepares
 * the statement and does not execute it. A round trip for each table, some more for one that is
 * refused. Not thread-safe.
 */
final class StatementProbe {

  private static final String ANY_COLUMN = "`varve` int";
  private static final int NO_SCHEMA_SELECTED = 1046;
  private static final int NO_SUCH_TABLE = 1146;
  private static final int UNKNOWN_COLLATION = 1273;
  private static final Pattern COLLATION = Pattern.compile("Unknown collation: '([^']*)'");
  private static final Pattern NEXT_VALUE =
      Pattern.compile("\\bnextval\\((`(?:[^`]|``)*`\\.`(?:[^`]|``)*`)\\)");
  private static final Pattern COLUMN = Pattern.compile("^(`(?:[^`]|``)*`)");
  private static final Pattern PRIVATE =
      Pattern.compile("'(?:[^'\\\\]|''|\\\\.)*'", Pattern.DOTALL);

  private final Connection connection;
  private final ServerInfo info;
  private final String address;
  private final Set<String> sequences;
  private final Set<String> engines = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  /**
   * @param sequences that will be there before the tables
   */
  StatementProbe(
      Connection connection, ServerInfo info, String address, Collection<TableName> sequences)
      throws SQLException {
    this.connection = connection;
    this.info = info;
    this.address = address;
    this.sequences = sequences.stream().map(TableName::quoted).collect(Collectors.toSet());
    Rows.each(
        connection,
        "SELECT ENGINE FROM information_schema.ENGINES WHERE SUPPORT IN ('YES', 'DEFAULT')",
        row -> engines.add(row.getString(1)));
  }

  /**
   * Refuses a table that the server would refuse.
   *
   * @throws InvalidRequestException naming the column, or what else it is
   */
  void require(TableDefinition table, Map<String, String> renames) throws SQLException {
    if (!engines.contains(table.engine())) {
      throw refused(
          table,
          "there is no engine " + table.engine() + " on " + server(),
          "Exclude the table, or install the engine on the target.");
    }
    List<String> items = new ArrayList<>(CreateTable.items(table.create()));
    items.addAll(table.indexes());
    items.addAll(table.foreignKeys());
    List<String> renamed =
        items.stream()
            .map(item -> withoutSequences(SqlText.renameSchemas(item, Quoting.PLAIN, renames)))
            .toList();
    Optional<SQLException> refusal = refusal(table, renamed);
    if (refusal.isEmpty()) {
      return;
    }
    Optional<SQLException> options = refusal(table, List.of(ANY_COLUMN));
    if (options.isPresent()) {
      throw refused(table, "its options or partitions", options.get());
    }
    for (String item : renamed) {
      boolean isColumn = COLUMN.matcher(item).find();
      Optional<SQLException> alone =
          refusal(table, isColumn ? List.of(item) : List.of(ANY_COLUMN, item));
      if (alone.isPresent()) {
        throw refused(table, shown(item), alone.get());
      }
    }
    throw refused(table, "its definition", refusal.get());
  }

  /** A default is refused that takes from a sequence which is not there, as it may be by then. */
  private String withoutSequences(String item) {
    return SqlText.replace(
        item,
        Quoting.PLAIN,
        NEXT_VALUE,
        found -> sequences.contains(found.group(1)) ? "0" : found.group());
  }

  private Optional<SQLException> refusal(TableDefinition table, List<String> items)
      throws SQLException {
    try {
      // in place of the one before
      Rows.execute(
          connection,
          "PREPARE varve_probe FROM "
              + Quoted.text(CreateTable.with(table.create(), table.name(), items)));
      return Optional.empty();
    } catch (SQLException e) {
      if (SqlErrors.isLostConnection(e) || SqlErrors.isDenied(e)) {
        throw e;
      }
      // what names tables without their schema cannot be tried before there is a schema
      return e.getErrorCode() == NO_SCHEMA_SELECTED ? Optional.empty() : Optional.of(e);
    }
  }

  private InvalidRequestException refused(TableDefinition table, String what, SQLException e) {
    Matcher collation = COLLATION.matcher(String.valueOf(e.getMessage()));
    if (e.getErrorCode() == UNKNOWN_COLLATION && collation.find()) {
      return refused(
          table,
          server() + " has no collation " + collation.group(1) + ", which " + what + " has",
          "Name one to take in its place: --collation " + collation.group(1) + "=NAME.");
    }
    if (e.getErrorCode() == NO_SUCH_TABLE) {
      return refused(
          table,
          what + " takes from a sequence that is neither restored nor there",
          "Include the sequence (--include).");
    }
    return refused(
        table,
        server() + " does not take " + what + " (error " + e.getErrorCode() + ")",
        "Exclude the table, or restore into a server of the source's kind and version.");
  }

  private InvalidRequestException refused(TableDefinition table, String reason, String hint) {
    return new InvalidRequestException(
        "restore", "table " + table.name() + " into " + address, reason, hint);
  }

  private String server() {
    return info.flavour() + " " + info.version();
  }

  /** Defaults and comments are nobody else's business. */
  private static String shown(String item) {
    Matcher column = COLUMN.matcher(item);
    String text = PRIVATE.matcher(item).replaceAll("'...'");
    return column.find() ? "column " + text : text;
  }
}
