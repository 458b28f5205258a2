package io.varve.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Server variables by name. {@code SHOW VARIABLES} leaves out what the server does not have, where
 * {@code SELECT @@name} would fail: one query fits every flavour and version.
 */
record Variables(Map<String, String> values) {

  /** Reads the global values of the named variables in one query. */
  static Variables readGlobal(Connection connection, String quotedNames) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SHOW GLOBAL VARIABLES WHERE Variable_name IN (" + quotedNames + ")")) {
      while (rows.next()) {
        String value = rows.getString(2);
        values.put(rows.getString(1).toLowerCase(Locale.ROOT), value == null ? "" : value);
      }
    }
    return new Variables(values);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) {
    return values.getOrDefault(name, "");
  }

  boolean isOn(String name) {
    String value = text(name);
    return value.equalsIgnoreCase("ON") || value.equals("1");
  }

  long number(String name) {
    String value = text(name);
    return value.isEmpty() ? 0 : Long.parseLong(value);
  }
}
