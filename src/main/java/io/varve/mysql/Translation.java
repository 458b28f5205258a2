package io.varve.mysql;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a target needs to be told in other words than the source's: where one is MySQL and the other
 * MariaDB, and where the user names other collations. Only words that mean the same are exchanged;
 * what the target does not know after that, {@link Target#requireKnown} refuses.
 *
 * @param collations the target's, by the one that the backup has
 */
public record Translation(Flavour from, Flavour to, Map<String, String> collations) {

  private static final Pattern COLLATE =
      Pattern.compile("\\b(COLLATE[ =])([0-9A-Za-z_]+)", Pattern.CASE_INSENSITIVE);

  // MySQL's, of which MariaDB takes the comments for comments
  private static final Pattern GEOMETRY_COLLECTION = Pattern.compile("\\bgeomcollection\\b");
  private static final Pattern INVISIBLE_COLUMN = Pattern.compile("/\\*!80023 INVISIBLE \\*/");
  private static final Pattern INVISIBLE_INDEX = Pattern.compile("/\\*!80000 INVISIBLE \\*/");

  // MariaDB's
  private static final Pattern IGNORED_INDEX = Pattern.compile("\\bIGNORED\\b");
  private static final Pattern LONG_COLUMN =
      Pattern.compile("^`(?:[^`]|``)*` (?:tiny|medium|long)?(?:text|blob)\\b");
  private static final Pattern LITERAL_DEFAULT =
      Pattern.compile("\\bDEFAULT ((?:_[a-z0-9]+)?'(?:[^'\\\\]|''|\\\\.)*')", Pattern.DOTALL);
  private static final Pattern FUNCTION_DEFAULT =
      Pattern.compile("\\bDEFAULT (?!current_timestamp)((?i)[a-z_0-9]+\\()");

  public Translation {
    collations = Map.copyOf(collations);
  }

  /** Whether the two are of different flavours. */
  public boolean isAcross() {
    return from != to;
  }

  /** A table as the target is to have it. */
  public TableDefinition table(TableDefinition table) {
    return new TableDefinition(
        table.name(),
        table.engine(),
        table.history(),
        table.columns().stream().map(this::column).toList(),
        table.rangeKey(),
        table.rangeKeyName(),
        CreateTable.reworded(
            table.create(), this::item, options -> collated(options, Quoting.PLAIN)),
        table.indexes().stream().map(this::item).toList(),
        table.foreignKeys());
  }

  private Column column(Column column) {
    return new Column(
        column.name(),
        column.type(),
        column.charset(),
        collation(column.collation()),
        column.encoding());
  }

  /** A schema as the target is to have it; not what is in it. */
  public SchemaDefinition schema(SchemaDefinition schema) {
    return new SchemaDefinition(
        schema.name(),
        schema.charset(),
        collations.getOrDefault(schema.collation(), schema.collation()),
        schema.sequences(),
        schema.objects());
  }

  /** A view, routine, trigger or event as the target is to have it. */
  public SchemaObject object(SchemaObject object) {
    return new SchemaObject(
        object.kind(),
        object.name(),
        object.table(),
        collated(object.create(), Quoting.under(object.sqlMode())),
        object.sqlMode(),
        object.charset(),
        collations.getOrDefault(object.collation(), object.collation()),
        object.timeZone());
  }

  private @Nullable String collation(@Nullable String name) {
    return name == null ? null : collations.getOrDefault(name, name);
  }

  private String collated(String sql, Quoting quoting) {
    return collations.isEmpty()
        ? sql
        : SqlText.replace(
            sql,
            quoting,
            COLLATE,
            found -> found.group(1) + collations.getOrDefault(found.group(2), found.group(2)));
  }

  private String item(String definition) {
    String collated = collated(definition, Quoting.PLAIN);
    if (!isAcross()) {
      return collated;
    }
    return switch (to) {
      case MARIADB -> forMariaDb(collated);
      case MYSQL -> forMySql(collated);
    };
  }

  private static String forMariaDb(String definition) {
    String types =
        SqlText.replace(
            definition, Quoting.PLAIN, GEOMETRY_COLLECTION, found -> "geometrycollection");
    String columns = SqlText.replace(types, Quoting.PLAIN, INVISIBLE_COLUMN, found -> "INVISIBLE");
    return SqlText.replace(columns, Quoting.PLAIN, INVISIBLE_INDEX, found -> "IGNORED");
  }

  /** MySQL wants parentheses around a default that is an expression, as one of a TEXT must be. */
  private static String forMySql(String definition) {
    String indexes =
        SqlText.replace(definition, Quoting.PLAIN, IGNORED_INDEX, found -> "INVISIBLE");
    String literals =
        LONG_COLUMN.matcher(indexes).find()
            ? SqlText.replace(
                indexes,
                Quoting.PLAIN,
                LITERAL_DEFAULT,
                found -> "DEFAULT (" + found.group(1) + ")")
            : indexes;
    return SqlText.find(literals, Quoting.PLAIN, FUNCTION_DEFAULT)
        .map(
            found -> {
              int end = SqlText.closing(literals, found.end() - 1) + 1;
              return literals.substring(0, found.start(1))
                  + "("
                  + literals.substring(found.start(1), end)
                  + ")"
                  + literals.substring(end);
            })
        .orElse(literals);
  }
}
