package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One database server, and the way to as many connections to it as are needed: never pooled, never
 * reconnected, each checked to lead to the same server as the first. Safe for use by several
 * threads. Its connections outlive it and are their callers' to close.
 */
public final class DatabaseServer implements AutoCloseable {

  // A name or a proxy that leads to several servers may well lead to the right one next time.
  private static final int TRIES_TO_FIND_THE_SAME_SERVER = 5;

  private final ConnectionSettings settings;
  private final String host;
  private final ServerInfo info;

  /** Null once closed. */
  private volatile @Nullable ServerConnector connector;

  private DatabaseServer(
      ConnectionSettings settings, ServerConnector connector, String host, ServerInfo info) {
    this.settings = settings;
    this.connector = connector;
    this.host = host;
    this.info = info;
  }

  /**
   * Connects once to learn what the server is, and closes that connection again.
   *
   * @throws InvalidRequestException if the address, the login or TLS is wrong
   * @throws RetryLaterException if the server cannot be reached or is full
   */
  public static DatabaseServer connect(ConnectionSettings settings) {
    ServerConnector connector = new ServerConnector(settings, TlsMaterial.read(settings.tls()));
    @Nullable SQLException last = null;
    for (String host : hosts(settings)) {
      try (JdbcConnection connection = connector.connect(host, ConnectionPurpose.CONTROL)) {
        ServerInfo info = ServerInfo.read(connection);
        return new DatabaseServer(settings, connector, host, info);
      } catch (SQLException failed) {
        last = failed;
        if (!SqlErrors.isLostConnection(failed)) {
          break;
        }
      }
    }
    throw SqlErrors.translate(
        last == null ? new SQLException("no address", "08001") : last,
        "connect to",
        settings.address().toString());
  }

  // The name is resolved once, so that a name of several servers does not scatter connections.
  // Checking the identity in a certificate needs the name itself.
  private static List<String> hosts(ConnectionSettings settings) {
    String name = settings.address().host();
    try {
      InetAddress[] addresses = InetAddress.getAllByName(name);
      if (settings.tls().mode() == TlsMode.VERIFY_IDENTITY) {
        return List.of(name);
      }
      List<String> hosts = new ArrayList<>();
      for (InetAddress address : addresses) {
        hosts.add(address.getHostAddress());
      }
      return hosts;
    } catch (UnknownHostException unknown) {
      throw new InvalidRequestException(
          "connect to",
          settings.address().toString(),
          "no such host is known",
          "Check the host's name and this machine's DNS.",
          unknown);
    }
  }

  public ServerInfo info() {
    return info;
  }

  public ServerAddress address() {
    return settings.address();
  }

  /** Opens a connection for metadata, locks and DDL. */
  public Connection open() {
    return open(ConnectionPurpose.CONTROL);
  }

  /** Opens a connection that can {@code LOAD DATA LOCAL INFILE} from a stream. */
  public LoadConnection openForLoad() {
    return new LoadConnection(open(ConnectionPurpose.LOAD));
  }

  JdbcConnection open(ConnectionPurpose purpose) {
    ServerConnector opening = connector;
    if (opening == null) {
      throw new IllegalStateException("it is closed");
    }
    try {
      for (int attempt = 0; attempt < TRIES_TO_FIND_THE_SAME_SERVER; attempt++) {
        JdbcConnection connection = opening.connect(host, purpose);
        if (isSameServer(connection)) {
          return connection;
        }
        connection.close();
      }
    } catch (SQLException failed) {
      throw SqlErrors.translate(failed, "connect to", address().toString());
    }
    throw new RetryLaterException(
        "connect to",
        address().toString(),
        "the address leads to another server than before (" + info.identity() + ")",
        "Name one server instead of a balancer, a proxy or a reader endpoint; after a failover just"
            + " try again.");
  }

  private boolean isSameServer(JdbcConnection connection) throws SQLException {
    try {
      SessionSetUp.complete(connection, info.flavour());
      return ServerInfo.readIdentity(connection).equals(info.identity());
    } catch (SQLException failed) {
      connection.close();
      throw failed;
    }
  }

  /** Forgets how to log in: no new connection can be opened afterwards. */
  @Override
  public void close() {
    connector = null;
  }
}
