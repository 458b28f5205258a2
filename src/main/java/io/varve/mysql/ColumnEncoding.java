package io.varve.mysql;

import io.varve.InvalidRequestException;
import io.varve.codec.ColumnForm;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a column is read, hashed and loaded such that no bit of it changes. The names stand in
 * manifests. What was tried and loses: docs/format.md.
 */
public enum ColumnEncoding {
  /** Integers, DECIMAL, YEAR: their text. */
  NUMBER,
  /** DOUBLE: the text that CONCAT makes of it, which has all digits. */
  DOUBLE,
  /** FLOAT: as DOUBLE; its own text has six digits. */
  FLOAT,
  /** DATE, TIME, DATETIME, TIMESTAMP (at +00:00): their text. */
  TEMPORAL,
  /** BIT, ENUM, SET: the number behind the text; a text cannot tell ENUM's error value from ''. */
  ORDINAL,
  /** MariaDB's UUID, INET4, INET6: their text. */
  TEXT,
  /** Strings declared up to 65,535 bytes: the column's own bytes. */
  BYTES,
  /** Strings declared longer, GEOMETRY, VECTOR: the column's own bytes, hashed by their SHA-256. */
  LONG_BYTES,
  /** MySQL's JSON: its text in utf8mb4. */
  JSON;

  private static final long LONGEST_BYTES = 65_535;

  /**
   * The encoding for a column of information_schema.
   *
   * @param type as declared, for people
   * @throws InvalidRequestException for a type that is not known: how to read it without a loss can
   *     not be guessed
   */
  static ColumnEncoding of(
      TableName table, String column, String dataType, String type, long declaredBytes) {
    ColumnEncoding encoding = of(dataType, declaredBytes);
    if (encoding == null) {
      throw new InvalidRequestException(
          "back up",
          "table " + table,
          "column " + column + " has a type that is not known: " + type,
          "Exclude the table, or ask for support of the type.");
    }
    return encoding;
  }

  private static @Nullable ColumnEncoding of(String dataType, long declaredBytes) {
    return switch (dataType.toLowerCase(Locale.ROOT)) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year" -> NUMBER;
      case "double" -> DOUBLE;
      case "float" -> FLOAT;
      case "date", "time", "datetime", "timestamp" -> TEMPORAL;
      case "bit", "enum", "set" -> ORDINAL;
      case "uuid", "inet4", "inet6" -> TEXT;
      case "char",
          "varchar",
          "binary",
          "varbinary",
          "tinytext",
          "text",
          "tinyblob",
          "blob",
          "mediumtext",
          "longtext",
          "mediumblob",
          "longblob" ->
          declaredBytes <= LONGEST_BYTES ? BYTES : LONG_BYTES;
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geometrycollection",
          "geomcollection",
          "vector" ->
          LONG_BYTES;
      case "json" -> JSON;
      default -> null;
    };
  }

  /** As it stands in manifests: {@code long-bytes}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How the value enters its row's hash. */
  public ColumnForm form() {
    return switch (this) {
      case NUMBER, DOUBLE, FLOAT, TEMPORAL, ORDINAL, TEXT -> ColumnForm.FIXED;
      case BYTES -> ColumnForm.BYTES;
      case LONG_BYTES, JSON -> ColumnForm.DIGEST;
    };
  }

  /** The expression that reads the value: the same one in the dump and in the checksum. */
  String readExpression(String column) {
    String name = Quoted.identifier(column);
    return switch (this) {
      case NUMBER, TEMPORAL, BYTES, LONG_BYTES, JSON -> name;
      case DOUBLE -> "CONCAT(" + name + ")";
      case FLOAT -> "CONCAT(CAST(" + name + " AS DOUBLE))";
      // not +0, which makes a SET of 64 members a double on MySQL
      case ORDINAL -> "CAST(" + name + " AS UNSIGNED)";
      case TEXT -> "CAST(" + name + " AS CHAR)";
    };
  }

  /** The expression that makes the column's value of the text read, or null where text will do. */
  @Nullable String loadExpression(String text) {
    return switch (this) {
      case NUMBER, DOUBLE, FLOAT, TEMPORAL, BYTES, LONG_BYTES -> null;
      case ORDINAL -> "CAST(" + text + " AS UNSIGNED)";
      case TEXT, JSON -> "CONVERT(" + text + " USING utf8mb4)";
    };
  }

  /** Whether a key may have the column: whether bounds of it can be written as a literal. */
  boolean orders() {
    return this != LONG_BYTES && this != JSON;
  }
}
