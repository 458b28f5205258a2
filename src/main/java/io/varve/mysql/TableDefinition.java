package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import io.varve.codec.ColumnForm;
import io.varve.codec.Row;
import io.varve.codec.RowChecksum;
import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a table is, as far as its rows must be read, checked, and made again.
 *
 * @param history true where the rows of a system-versioned table are those of all times, and its
 *     columns have those of their period; else null
 * @param columns those whose values are stored, in the order of the fields of a row
 * @param rangeKey the columns of the key that ranges follow; empty where no key is fit: then the
 *     table is one range, rows may repeat, and it is judged as a whole
 * @param rangeKeyName of the index behind it, or empty
 * @param create the CREATE TABLE to run before the load, without what is made after it
 * @param indexes what ALTER TABLE ADD takes after the load, each alone
 * @param foreignKeys likewise, after all tables are loaded
 */
public record TableDefinition(
    TableName name,
    String engine,
    @Nullable Boolean history,
    List<Column> columns,
    List<String> rangeKey,
    String rangeKeyName,
    String create,
    List<String> indexes,
    List<String> foreignKeys) {

  public TableDefinition {
    requireNonNull(name, "name");
    requireNonNull(engine, "engine");
    requireNonNull(rangeKeyName, "rangeKeyName");
    requireNonNull(create, "create");
    columns = List.copyOf(columns);
    rangeKey = List.copyOf(rangeKey);
    indexes = List.copyOf(indexes);
    foreignKeys = List.copyOf(foreignKeys);
  }

  public boolean hasRangeKey() {
    return !rangeKey.isEmpty();
  }

  /** Whether it is made with one. */
  public boolean hasPrimaryKey() {
    return create.contains("\n  PRIMARY KEY ");
  }

  /** Rows can repeat only where no key forbids it. */
  public boolean rowsMayRepeat() {
    return !hasRangeKey();
  }

  /** For people: {@code shop.log (MyISAM)}. */
  public String nameAndEngine() {
    return name + " (" + engine + ")";
  }

  /** Whether a snapshot covers its rows on the source, and a transaction on the target. */
  public boolean transactional() {
    return switch (engine.toLowerCase(Locale.ROOT)) {
      case "innodb", "rocksdb", "tokudb", "ndbcluster" -> true;
      default -> false;
    };
  }

  /** Whether its rows, if it has any, are those of other tables or servers. */
  public boolean definitionOnly() {
    return keepsNoRows(engine);
  }

  static boolean keepsNoRows(String engine) {
    return switch (engine.toLowerCase(Locale.ROOT)) {
      case "federated", "mrg_myisam", "blackhole", "connect", "spider", "s3", "sphinx" -> true;
      default -> false;
    };
  }

  public boolean hasHistory() {
    return Boolean.TRUE.equals(history);
  }

  public List<ColumnForm> forms() {
    return columns.stream().map(column -> column.encoding().form()).toList();
  }

  /** The columns of the range key, in the key's order. */
  public List<Column> keyColumns() {
    return rangeKey.stream().map(this::column).toList();
  }

  /** Whether its ranges, if it has any, are ranges of numbers, which have one order only. */
  public boolean ordersByNumbers() {
    return keyColumns().stream().allMatch(column -> column.encoding() == ColumnEncoding.NUMBER);
  }

  private Column column(String name) {
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no column " + name + " in " + this.name));
  }

  /** The key of a row as a bound; empty where the table has no range key. */
  public List<String> keyOf(Row row) {
    List<String> key = new ArrayList<>(rangeKey.size());
    for (Column column : keyColumns()) {
      byte[] value = row.value(columns.indexOf(column));
      if (value == null) {
        throw new IllegalStateException("a range key has no NULL: " + name);
      }
      key.add(column.bound(value));
    }
    return List.copyOf(key);
  }

  /**
   * SHA-256, in hex, of all that gives a part's bytes and bounds their meaning: a part made under
   * another hash is never kept.
   */
  public String hash() {
    List<String> lines = new ArrayList<>();
    lines.add(RowChecksum.ALGORITHM);
    for (Column column : columns) {
      lines.add(
          line(
              Stream.of(
                  column.name(),
                  column.type(),
                  Objects.requireNonNullElse(column.charset(), ""),
                  Objects.requireNonNullElse(column.collation(), ""),
                  column.encoding().word())));
    }
    lines.add(line(rangeKey.stream()));
    byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.of(text));
  }

  private static final Pattern AUTO_INCREMENT = Pattern.compile(" AUTO_INCREMENT=([0-9]+)");

  /** Where its AUTO_INCREMENT goes on; empty where it has none, or nothing was counted yet. */
  public Optional<String> autoIncrement() {
    Matcher matcher = AUTO_INCREMENT.matcher(options());
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** What follows the parentheses of its CREATE TABLE. */
  private String options() {
    return create.substring(create.lastIndexOf("\n)") + 1);
  }

  /**
   * Whether two tables of one name are made by the same statements, but for where AUTO_INCREMENT
   * goes on.
   */
  public boolean isMadeLike(TableDefinition other) {
    return withoutAutoIncrement().equals(other.withoutAutoIncrement())
        && Set.copyOf(indexes).equals(Set.copyOf(other.indexes))
        && Set.copyOf(foreignKeys).equals(Set.copyOf(other.foreignKeys))
        && hash().equals(other.hash());
  }

  private String withoutAutoIncrement() {
    String options = options();
    return create.substring(0, create.length() - options.length())
        + AUTO_INCREMENT.matcher(options).replaceFirst("");
  }

  /** Whether two rows can be in each other's way although their range keys differ. */
  public boolean hasOtherUniqueKeys() {
    return Stream.concat(indexes.stream(), Stream.of(create.split("\n")).map(String::strip))
            .filter(item -> item.startsWith("UNIQUE KEY") || item.startsWith("PRIMARY KEY"))
            .count()
        > 1;
  }

  /** The same, where its statements say other schemas. */
  public TableDefinition inSchemas(Map<String, String> renames) {
    UnaryOperator<String> renamed = sql -> SqlText.renameSchemas(sql, Quoting.PLAIN, renames);
    return new TableDefinition(
        name,
        engine,
        history,
        columns,
        rangeKey,
        rangeKeyName,
        renamed.apply(create),
        indexes.stream().map(renamed).toList(),
        foreignKeys.stream().map(renamed).toList());
  }

  private static String line(Stream<String> fields) {
    return fields
        .map(
            field ->
                field
                    .replace("\\", "\\\\")
                    .replace("\t", "\\t")
                    .replace("\n", "\\n")
                    .replace("\r", "\\r"))
        .collect(Collectors.joining("\t"));
  }

  /** The same, made with all of its indexes at once: one statement less, slower to fill. */
  public TableDefinition indexedFromTheStart() {
    return new TableDefinition(
        name,
        engine,
        history,
        columns,
        rangeKey,
        rangeKeyName,
        CreateTable.withIndexes(create, indexes),
        indexes,
        foreignKeys);
  }

  /** The statement that makes it with all of its indexes and foreign keys, for people. */
  public String whole() {
    return CreateTable.withIndexes(
        create, Stream.concat(indexes.stream(), foreignKeys.stream()).toList());
  }

  public TableDefinition renamed(TableName other) {
    return new TableDefinition(
        other, engine, history, columns, rangeKey, rangeKeyName, create, indexes, foreignKeys);
  }
}
