package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * How a session came to be.
 *
 * @param account that the server takes the user for, as GRANT has it
 * @param tls the version; empty without TLS
 */
public record SessionInfo(String account, String tls) {

  static SessionInfo read(Connection connection) throws SQLException {
    return new SessionInfo(
        Grants.account(connection),
        Rows.one(connection, "SHOW SESSION STATUS LIKE 'Ssl_version'", row -> row.getString(2)));
  }
}
