package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.mysql.cj.jdbc.JdbcConnection;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionFailuresTest {

  private static final TestServer TESTED = TestServer.shared();

  @Test
  void aWrongPassword() {
    try (TestUser user = TESTED.freshUser()) {
      ConnectionSettings settings =
          ConnectionSettings.of(
                  ServerAddress.parse(TESTED.uri()), user.name(), Secret.of("hunter2"))
              .withPublicKeyRetrieval();
      assertThatThrownBy(() -> DatabaseServer.connect(settings))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Cannot connect to " + TESTED.host())
          .hasMessageContaining("Access denied for user '" + user.name())
          .satisfies(failed -> assertThat(wholeText(failed)).doesNotContain("hunter2"));
    }
  }

  @Test
  void anUnknownHost() {
    assertThatThrownBy(() -> DatabaseServer.connect(at("mysql://root@no-such-host.invalid")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no-such-host.invalid:3306")
        .hasMessageContaining("no such host is known");
  }

  @Test
  void nothingListening() throws Exception {
    int freePort;
    try (ServerSocket socket = new ServerSocket(0)) {
      freePort = socket.getLocalPort();
    }
    assertThatThrownBy(() -> DatabaseServer.connect(at("mysql://root@127.0.0.1:" + freePort)))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("127.0.0.1:" + freePort)
        .hasMessageContaining("nothing listens there");
  }

  @Test
  void aServerThatNeverAnswers() throws Exception {
    try (FakeServer server = FakeServer.silent()) {
      ConnectionSettings settings =
          ConnectionSettings.of(server.address(), "root", Secret.EMPTY)
              .withConnectTimeout(Duration.ofMillis(300));
      assertThatThrownBy(() -> DatabaseServer.connect(settings))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("no answer in time");
    }
  }

  @Test
  void aServerWithoutTlsWhereItIsRequired() throws Exception {
    try (FakeServer server = FakeServer.askingFor("/etc/hostname")) {
      ConnectionSettings settings =
          ConnectionSettings.of(server.address(), "root", Secret.EMPTY)
              .withTls(TlsSettings.of(TlsMode.REQUIRED));
      assertThatThrownBy(() -> DatabaseServer.connect(settings))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("offers no TLS");
    }
  }

  @Test
  void aCertificateOfAnUnknownAuthority() {
    ConnectionSettings settings =
        Servers.settings().withTls(TlsSettings.of(TlsMode.VERIFY_IDENTITY));
    assertThatThrownBy(() -> DatabaseServer.connect(settings))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("TLS");
  }

  @Test
  void aCertificateOfTheGivenAuthorityIsTaken() {
    assumeThat(TESTED.isMariaDb()).isFalse();
    Path authority = Path.of(TESTED.value("SELECT @@datadir"), "ca.pem");
    assumeThat(authority).isReadable();
    TlsSettings tls =
        TlsSettings.of(TlsMode.VERIFY_CA).withAuthorities(new Authorities.InFile(authority));
    DatabaseServer.connect(Servers.settings().withTls(tls)).close();
    ConnectionSettings verifyName =
        Servers.settings()
            .withTls(
                TlsSettings.of(TlsMode.VERIFY_IDENTITY)
                    .withAuthorities(new Authorities.InFile(authority)));
    assertThatThrownBy(() -> DatabaseServer.connect(verifyName))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("TLS");
  }

  @Test
  void anAuthorityFileThatIsNone(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("ca.pem"), "not a certificate");
    ConnectionSettings settings =
        Servers.settings()
            .withTls(
                TlsSettings.of(TlsMode.VERIFY_CA).withAuthorities(new Authorities.InFile(file)));
    assertThatThrownBy(() -> DatabaseServer.connect(settings))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void anEncryptedLoginByPasswordNeedsNoPublicKey() {
    assumeThat(TESTED.isMariaDb()).isFalse();
    try (TestUser user = TESTED.freshUser()) {
      ConnectionSettings bare =
          ConnectionSettings.of(
              ServerAddress.parse(TESTED.uri()), user.name(), Secret.of(user.password()));
      assertThatThrownBy(
              () -> DatabaseServer.connect(bare.withTls(TlsSettings.of(TlsMode.DISABLED))))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("caching_sha2_password")
          .hasMessageContaining("allow public key retrieval");
      DatabaseServer.connect(
              bare.withTls(TlsSettings.of(TlsMode.DISABLED)).withPublicKeyRetrieval())
          .close();
      DatabaseServer.connect(bare.withTls(TlsSettings.of(TlsMode.REQUIRED))).close();
    }
  }

  @Test
  void aMissingPrivilegeNamesItsGrant() throws SQLException {
    try (TestSchema schema = TESTED.freshSchema();
        TestUser user = TESTED.freshUser("INSERT ON " + schema.name() + ".*");
        DatabaseServer server = DatabaseServer.connect(Servers.settings(user));
        Connection connection = server.open()) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
      VarveException noSelect = failureOf(connection, "SELECT * FROM " + schema.name() + ".t");
      assertThat(noSelect).isInstanceOf(InvalidRequestException.class);
      assertThat(noSelect.hint()).contains("GRANT SELECT ON", "`t` TO '" + user.name() + "'@");
      VarveException noSchema = failureOf(connection, "USE mysql");
      assertThat(noSchema.hint()).contains("ON `mysql`.* TO '" + user.name() + "'@");
      VarveException noStatus =
          failureOf(
              connection, TESTED.isMariaDb() ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS");
      assertThat(noStatus.hint())
          .contains(TESTED.isMariaDb() ? "GRANT BINLOG MONITOR ON" : "GRANT REPLICATION CLIENT ON");
    }
  }

  @Test
  void noRowValueIsPrinted() throws SQLException {
    try (TestSchema schema = TESTED.freshSchema();
        DatabaseServer server = Servers.connect();
        Connection connection = server.open()) {
      schema.execute(
          "CREATE TABLE t (id VARCHAR(20) PRIMARY KEY, n INT)",
          "INSERT INTO t VALUES ('topsecret', 1)");
      String table = schema.name() + ".t";
      for (String statement :
          List.of(
              "INSERT INTO " + table + " VALUES ('topsecret', 2)",
              "SELECT 'topsecret' FROMM " + table,
              "SELECT EXTRACTVALUE('<a/>', '//topsecret[')")) {
        assertThat(wholeText(failureOf(connection, statement))).doesNotContain("topsecret");
      }
    }
  }

  @Test
  void aKilledConnectionMeansToRetry() throws SQLException {
    try (DatabaseServer server = Servers.connect();
        Connection connection = server.open()) {
      long id = connection.unwrap(JdbcConnection.class).getSession().getThreadId();
      TESTED.execute("KILL " + id);
      assertThat(failureOf(connection, "SELECT 1")).isInstanceOf(RetryLaterException.class);
    }
  }

  @Test
  void aFullServerMeansToRetry() throws SQLException {
    try (TestUser user = TESTED.freshUser()) {
      TESTED.execute("ALTER USER '" + user.name() + "'@'%' WITH MAX_USER_CONNECTIONS 1");
      try (DatabaseServer server = DatabaseServer.connect(Servers.settings(user))) {
        awaitNoConnectionOf(user);
        try (Connection first = TESTED.connectAs(user.name(), user.password())) {
          assertThat(first.isClosed()).isFalse();
          assertThatThrownBy(server::open)
              .isInstanceOf(RetryLaterException.class)
              .hasMessageContaining("max_user_connections");
        }
      }
    }
  }

  /** The server notices a little later that a connection was closed. */
  private static void awaitNoConnectionOf(TestUser user) {
    String connections =
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER='" + user.name() + "'";
    for (int i = 0; i < 500 && !"0".equals(TESTED.value(connections)); i++) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void aMaliciousServerGetsNoFile(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "topsecret");
    try (FakeServer server = FakeServer.askingFor(secret.toString())) {
      ServerConnector connector =
          new ServerConnector(
              ConnectionSettings.of(server.address(), "root", Secret.EMPTY),
              new TlsMaterial(null, null, null));
      for (ConnectionPurpose purpose : ConnectionPurpose.values()) {
        assertThatThrownBy(() -> connector.connect("127.0.0.1", purpose))
            .isInstanceOf(SQLException.class);
      }
      assertThat(server.repliesToTheRequest())
          .hasSize(ConnectionPurpose.values().length)
          .allSatisfy(reply -> assertThat(reply).isEmpty());
    }
  }

  private static ConnectionSettings at(String uri) {
    return ConnectionSettings.of(ServerAddress.parse(uri), "root", Secret.EMPTY);
  }

  private static VarveException failureOf(Connection connection, String sql) {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
              }
            });
    assertThat((Throwable) failure).isNotNull();
    return SqlErrors.translate(failure, "try", "a statement");
  }

  /** Everything that a log could show: all messages of the whole chain. */
  private static String wholeText(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
