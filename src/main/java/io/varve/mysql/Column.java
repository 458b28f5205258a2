package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A column whose values are stored; generated ones are not, the server makes them again.
 *
 * @param type as declared: {@code varchar(40)}
 * @param charset of its bytes; null where it has none
 * @param collation by which the server orders it; null where it has none
 */
public record Column(
    String name,
    String type,
    @Nullable String charset,
    @Nullable String collation,
    ColumnEncoding encoding) {

  public Column {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
    requireNonNull(encoding, "encoding");
  }

  /** A value as read, as it stands in a bound: the bytes of strings in hex, else its text. */
  String bound(byte[] value) {
    return encoding == ColumnEncoding.BYTES
        ? HexFormat.of().formatHex(value)
        : new String(value, StandardCharsets.US_ASCII);
  }

  /**
   * A bound as a literal that the server compares by this column's own rules: a string in the
   * column's charset and collation, a FLOAT as the double that it is.
   */
  String literal(String bound) {
    return switch (encoding) {
      case NUMBER, ORDINAL -> requireNumber(bound);
      case DOUBLE, FLOAT -> {
        String number = requireNumber(bound);
        yield number.contains("e") ? number : number + "e0";
      }
      case TEMPORAL, TEXT -> Quoted.text(bound);
      case BYTES -> {
        HexFormat.of().parseHex(bound); // from a manifest: refuse what is not hex
        yield charset == null
            ? "x'" + bound + "'"
            : "_" + charset + " x'" + bound + "' COLLATE " + collation;
      }
      case LONG_BYTES, JSON -> throw new IllegalStateException(name + " cannot be in a range key");
    };
  }

  private static String requireNumber(String bound) {
    if (!bound.matches("-?[0-9.]+(e-?[0-9]+)?")) {
      throw new IllegalArgumentException("not a number: a bound of " + bound.length() + " bytes");
    }
    return bound;
  }
}
