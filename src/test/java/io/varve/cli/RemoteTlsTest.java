package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.varve.repository.Json;
import io.varve.status.StatusReport;
import io.varve.testing.CommandLineChild;
import io.varve.testing.CommandLineRun;
import io.varve.testing.OwnCertificate;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose certificate only Java's trust store may vouch for. */
class RemoteTlsTest {

  private final OwnCertificate certificate;
  private final HttpsServer server;
  private final AtomicInteger asked = new AtomicInteger();

  RemoteTlsTest(@TempDir Path folder) throws IOException, GeneralSecurityException {
    certificate = OwnCertificate.in(folder);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    byte[] status = Json.write(new StatusReport(Instant.now(), List.of()));
    server.createContext(
        "/api/v1/status",
        exchange -> {
          try (exchange) {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, status.length);
            exchange.getResponseBody().write(status);
          }
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void whomNobodyVouchesForIsNotSentTheToken() {
    CommandLineRun run = CommandLineRun.of("status", "--server", url());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains(url(), "its certificate is not one that is trusted here");
    assertThat(asked).hasValue(0);
  }

  @Test
  void theTrustStoreVouchesForIt() {
    String options =
        "-Djavax.net.ssl.trustStore="
            + certificate.file()
            + " -Djavax.net.ssl.trustStorePassword="
            + OwnCertificate.PASSWORD;
    Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", options, "VARVE_TOKEN", "any");
    try (CommandLineChild child =
        CommandLineChild.start(TestServer.shared(), environment, "status", "--server", url())) {
      assertThat(child.await()).as(child.text()).isZero();
      assertThat(asked).hasValue(1);
    }
  }
}
