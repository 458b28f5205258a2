package io.varve.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.varve.InvalidRequestException;
import io.varve.testing.FaultyProxy.Answer;
import io.varve.testing.OwnCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A store whose certificate only AWS_CA_BUNDLE vouches for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3TlsTest {

  @TempDir static Path folder = Path.of("");
  private HttpsServer server = newServer();

  private static HttpsServer newServer() {
    try {
      return HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  void start() throws Exception {
    OwnCertificate own = OwnCertificate.in(folder);
    server.setHttpsConfigurator(new HttpsConfigurator(own.context()));
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = Answer.s3Error(403, "AccessDenied", "reached").body();
          exchange.sendResponseHeaders(403, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String certificate =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(own.certificate().getEncoded());
    Files.writeString(
        bundle(),
        "# our own authority -- not to be given away\n-----BEGIN CERTIFICATE-----\n"
            + certificate
            + "\n-----END CERTIFICATE-----\n");
  }

  private Path bundle() {
    return folder.resolve("bundle.pem");
  }

  @AfterAll
  void stop() {
    server.stop(0);
  }

  private ObjectStore store(Map<String, String> environment) {
    S3Options options =
        S3Options.DEFAULT
            .withEndpoint(URI.create("https://127.0.0.1:" + server.getAddress().getPort()))
            .withCredentials(S3Credentials.of("key", "secret"));
    return S3Store.open(new StoreLocation.S3("bucket", "p"), options, environment);
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefusedAtOnce() {
    ObjectStore store = store(Map.of());

    assertThatThrownBy(() -> store.create("k", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("is not trusted")
        .hasMessageContaining("AWS_CA_BUNDLE");
    store.close();
  }

  @Test
  void theBundleVouchesForIt() {
    ObjectStore store = store(Map.of("AWS_CA_BUNDLE", bundle().toString()));

    assertThatThrownBy(() -> store.get("k")).hasMessageContaining("access denied: reached");
    store.close();
  }

  @Test
  void aBundleThatIsNoneIsNamed() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing", StandardCharsets.UTF_8);

    assertThatThrownBy(() -> store(Map.of("AWS_CA_BUNDLE", empty.toString())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("empty.pem")
        .hasMessageContaining("no certificate");
    assertThatThrownBy(() -> store(Map.of("AWS_CA_BUNDLE", "/no/such/file")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("/no/such/file");
  }
}
