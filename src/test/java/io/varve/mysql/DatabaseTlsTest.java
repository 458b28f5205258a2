package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.sql.Connection;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server whose certificate, for 127.0.0.1, is its own authority, and that asks clients for one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir static Path folder = Path.of("");
  private @Nullable EmbeddedMariaDb database;

  @BeforeAll
  void start() throws Exception {
    newCertificate("server", "ip:127.0.0.1");
    newCertificate("other", "ip:127.0.0.1");
    database =
        EmbeddedMariaDb.start(
            "--ssl",
            "--ssl-cert=" + certificate("server"),
            "--ssl-key=" + key("server"),
            "--ssl-ca=" + certificate("server"));
    server()
        .execute(
            "CREATE USER certified@'127.0.0.1' REQUIRE X509",
            "GRANT ALL ON *.* TO certified@'127.0.0.1'");
  }

  @AfterAll
  void stop() {
    if (database != null) {
      database.close();
    }
  }

  @Test
  void theAuthorityOfAFileIsTrusted() throws Exception {
    assertThat(encrypted("root", TlsMode.VERIFY_CA, inFile("server"))).isTrue();
    assertThat(encrypted("root", TlsMode.VERIFY_IDENTITY, inFile("server"))).isTrue();
  }

  @Test
  void theAuthorityOfATextIsTrusted() throws Exception {
    Authorities pem = new Authorities.Pem("# ours\n" + Files.readString(certificate("server")));
    assertThat(encrypted("root", TlsMode.VERIFY_IDENTITY, pem)).isTrue();
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() {
    for (Authorities others :
        new Authorities[] {inFile("other"), new Authorities.OfRds(), new Authorities.OfSystem()}) {
      for (TlsMode mode : new TlsMode[] {TlsMode.VERIFY_CA, TlsMode.VERIFY_IDENTITY}) {
        assertThatThrownBy(() -> encrypted("root", mode, others))
            .as("%s with %s", mode, others)
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("TLS could not be agreed on");
      }
    }
  }

  @Test
  void aCertificateForAnotherHostIsRefusedWhereTheHostCounts() throws Exception {
    ServerAddress byName = new ServerAddress(Optional.empty(), "localhost", server().port());
    TlsSettings identity = TlsSettings.of(TlsMode.VERIFY_IDENTITY);
    assertThatThrownBy(
            () ->
                DatabaseServer.connect(
                    ConnectionSettings.of(byName, "root", Secret.EMPTY)
                        .withTls(identity.withAuthorities(inFile("server")))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("matching localhost");
    DatabaseServer.connect(
            ConnectionSettings.of(byName, "root", Secret.EMPTY)
                .withTls(TlsSettings.of(TlsMode.VERIFY_CA).withAuthorities(inFile("server"))))
        .close();
  }

  @Test
  void aModeThatVerifiesNothingTakesAnyAuthority() throws Exception {
    assertThat(encrypted("root", TlsMode.REQUIRED, inFile("other"))).isTrue();
  }

  @Test
  void aClientShowsItsCertificate() throws Exception {
    for (TlsMode mode : new TlsMode[] {TlsMode.REQUIRED, TlsMode.VERIFY_CA}) {
      TlsSettings plain = TlsSettings.of(mode).withAuthorities(inFile("server"));
      assertThat(
              encrypted(
                  "certified", plain.withClientCertificate(certificate("server"), key("server"))))
          .isTrue();
      assertThatThrownBy(() -> encrypted("certified", plain))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Access denied");
    }
  }

  private boolean encrypted(String user, TlsMode mode, Authorities authorities) throws Exception {
    return encrypted(user, TlsSettings.of(mode).withAuthorities(authorities));
  }

  private boolean encrypted(String user, TlsSettings tls) throws Exception {
    ServerAddress address = ServerAddress.parse("mysql://127.0.0.1:" + server().port());
    try (DatabaseServer connected =
            DatabaseServer.connect(
                ConnectionSettings.of(address, user, Secret.EMPTY).withTls(tls));
        Connection connection = connected.open();
        var statement = connection.createStatement();
        var cipher = statement.executeQuery("SHOW STATUS LIKE 'Ssl_cipher'")) {
      return cipher.next() && !cipher.getString(2).isEmpty();
    }
  }

  private TestServer server() {
    EmbeddedMariaDb started = database;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started.server();
  }

  private static Authorities inFile(String name) {
    return new Authorities.InFile(certificate(name));
  }

  private static Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  private static Path key(String name) {
    return folder.resolve(name + ".key");
  }

  private static void newCertificate(String name, String alternative) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "RSA",
                "-dname",
                "CN=varve " + name,
                "-ext",
                "bc:critical=ca:true",
                "-ext",
                "san=" + alternative,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    Key key = keys.getKey(name, PASSWORD.toCharArray());
    Files.writeString(key(name), pem("PRIVATE KEY", key.getEncoded()));
    Files.writeString(
        certificate(name), pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
  }

  private static String pem(String label, byte[] bytes) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
