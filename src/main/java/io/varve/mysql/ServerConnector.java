package io.varve.mysql;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.jdbc.Driver;
import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/** Makes single, unpooled connections to one host with the driver set up as Varve needs it. */
final class ServerConnector {

  private static final int LARGEST_PACKET = 1 << 30;

  private final ConnectionSettings settings;
  private final TlsMaterial tls;

  ServerConnector(ConnectionSettings settings, TlsMaterial tls) {
    this.settings = settings;
    this.tls = tls;
  }

  /**
   * Logs in, and where the server refuses that login and there is another since, once more.
   *
   * @param host the address's host, or one of the IP addresses that it stands for
   */
  JdbcConnection connect(String host, ConnectionPurpose purpose) throws SQLException {
    Login login = settings.credentials().login();
    try {
      return connect(host, purpose, login);
    } catch (SQLException failed) {
      if (!SqlErrors.isRefusedLogin(failed)) {
        throw failed;
      }
      Optional<Login> other = settings.credentials().loginAfterRefusalOf(login);
      if (other.isEmpty()) {
        throw failed;
      }
      return connect(host, purpose, other.get());
    }
  }

  private JdbcConnection connect(String host, ConnectionPurpose purpose, Login login)
      throws SQLException {
    String authority = ServerAddress.authority(host, settings.address().port());
    var made = new Driver().connect("jdbc:mysql://" + authority + "/", properties(purpose, login));
    if (made == null) {
      throw new SQLException("the driver does not take the address", "08001");
    }
    JdbcConnection connection = made.unwrap(JdbcConnection.class);
    // The timeout was for the handshake; a checksum or an index may take hours without a byte.
    connection.setNetworkTimeout(Runnable::run, 0);
    if (purpose == ConnectionPurpose.SNAPSHOT) {
      // Otherwise the driver refuses rows that exceed the server's own max_allowed_packet.
      connection
          .getPropertySet()
          .getIntegerProperty(PropertyKey.maxAllowedPacket)
          .setValue(LARGEST_PACKET);
    }
    return connection;
  }

  private Properties properties(ConnectionPurpose purpose, Login login) {
    Properties properties = new Properties();
    String timeout = Long.toString(settings.connectTimeout().toMillis());
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password().reveal());
    properties.setProperty("connectTimeout", timeout);
    properties.setProperty("socketTimeout", timeout);
    properties.setProperty("sslMode", settings.tls().mode().name());
    properties.setProperty(
        "allowPublicKeyRetrieval", Boolean.toString(settings.allowPublicKeyRetrieval()));
    tls.describeIn(properties);
    properties.setProperty("connectionAttributes", "program_name:varve");
    properties.setProperty("paranoid", "true");
    properties.setProperty("connectionCollation", "utf8mb4_bin");
    properties.setProperty("sessionVariables", SessionSetUp.COMMON);
    // Adds STRICT_TRANS_TABLES to the sql_mode when on.
    properties.setProperty("jdbcCompliantTruncation", "false");
    // Overwrites net_write_timeout before each streaming read when not 0.
    properties.setProperty("netTimeoutForStreamingResults", "0");
    properties.setProperty("tinyInt1isBit", "false");
    properties.setProperty("yearIsDateType", "false");
    properties.setProperty("useLocalSessionState", "false");
    // Asks the server before each statement whether the session is read-only when on.
    properties.setProperty("readOnlyPropagatesToServer", "false");
    properties.setProperty("allowLoadLocalInfile", "false");
    switch (purpose) {
      case CONTROL -> {}
      case SNAPSHOT -> properties.setProperty("allowMultiQueries", "true");
      // Tells the server that LOCAL is possible, yet every file it asks for is refused:
      // LoadConnection opens the way for its stream alone.
      case LOAD -> properties.setProperty("allowLoadLocalInfileInPath", "");
    }
    return properties;
  }
}
