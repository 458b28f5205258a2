package io.varve.mysql;

import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Tells whether a table is still the one it was: two readings of the same table are equal if no DDL
 * came between them.
 *
 * <p>InnoDB's ids of the table and its partitions see what SHOW CREATE TABLE cannot: the RENAME
 * swap of online schema changers, TRUNCATE, EXCHANGE PARTITION. SHOW CREATE TABLE sees what keeps
 * the id: columns added at an instant, renamed ones. Ids need the PROCESS privilege; without it the
 * time of creation stands in. A reading costs one scan of the ids and a SHOW CREATE for each table.
 * Not thread-safe.
 */
final class TableIdentities {

  /** The next number to be given out, which every insert changes, is no part of the definition. */
  private static final Pattern AUTO_INCREMENT = Pattern.compile(" AUTO_INCREMENT=[0-9]+");

  private static final Pattern PLAIN = Pattern.compile("[0-9A-Za-z_]*");

  private final Connection connection;

  TableIdentities(Connection connection) {
    this.connection = connection;
  }

  /** The identity of each table that exists. */
  Map<TableName, TableIdentity> read(Collection<TableName> tables) throws SQLException {
    Map<String, Set<String>> ids = innodbIds();
    Map<TableName, String> created = creationTimes(tables);
    Map<TableName, TableIdentity> identities = new TreeMap<>();
    for (TableName table : tables) {
      String file = fileName(table.schema()) + "/" + fileName(table.table());
      try {
        String definition =
            Rows.one(connection, "SHOW CREATE TABLE " + table.quoted(), row -> row.getString(2));
        identities.put(
            table,
            new TableIdentity(
                ids.getOrDefault(file, Set.of()),
                created.get(table)
                    + " "
                    + sha256(AUTO_INCREMENT.matcher(definition).replaceFirst(""))));
      } catch (SQLException e) {
        if (!isGone(e)) {
          throw e;
        }
      }
    }
    return identities;
  }

  /** Whether an error means that the table is dropped, renamed, or another one by now. */
  static boolean isGone(SQLException e) {
    return switch (e.getErrorCode()) {
      // no such table; no such schema; definition has changed; unknown column; no partition of
      // that name; index of that name does not exist; no such sequence; no longer a sequence
      case 1146, 1049, 1412, 1054, 1735, 1176, 4091, 4089 -> true;
      default -> false;
    };
  }

  private Map<String, Set<String>> innodbIds() throws SQLException {
    Map<String, Set<String>> ids = new HashMap<>();
    boolean mariaDb =
        Rows.one(connection, "SELECT VERSION()", row -> row.getString(1)).contains("MariaDB");
    String view = mariaDb ? "INNODB_SYS_TABLES" : "INNODB_TABLES";
    try {
      Rows.each(
          connection,
          "SELECT NAME, TABLE_ID FROM information_schema." + view,
          row -> {
            String name = row.getString(1);
            int partition = name.indexOf('#', name.indexOf('/') + 1);
            String table = partition < 0 ? name : name.substring(0, partition);
            ids.computeIfAbsent(table, t -> new TreeSet<>()).add(row.getString(2));
          });
    } catch (SQLException e) {
      if (e.getErrorCode() != 1227) { // not without PROCESS
        throw e;
      }
    }
    return ids;
  }

  private Map<TableName, String> creationTimes(Collection<TableName> tables) throws SQLException {
    Map<TableName, String> created = new HashMap<>();
    Set<TableName> wanted = Set.copyOf(tables);
    List<String> schemas = tables.stream().map(TableName::schema).distinct().toList();
    Rows.each(
        connection,
        "SELECT TABLE_SCHEMA, TABLE_NAME, CREATE_TIME FROM information_schema.TABLES WHERE "
            + TableSelection.schemaCondition(schemas),
        row -> {
          TableName name = new TableName(row.getString(1), row.getString(2));
          if (wanted.contains(name)) {
            created.put(name, String.valueOf(row.getString(3)));
          }
        });
    return created;
  }

  /**
   * A name as InnoDB has it, which encodes all but letters of ASCII, digits and underscores. Some
   * accented letters have shorter codes, which are not known here: for tables named so, the time of
   * creation stands in.
   */
  private static String fileName(String name) {
    if (PLAIN.matcher(name).matches()) {
      return name;
    }
    StringBuilder encoded = new StringBuilder();
    for (char c : name.toCharArray()) {
      if (PLAIN.matcher(String.valueOf(c)).matches()) {
        encoded.append(c);
      } else {
        encoded.append(String.format("@%04x", (int) c));
      }
    }
    return encoded.toString();
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
