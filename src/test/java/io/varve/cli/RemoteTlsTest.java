package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.varve.repository.Json;
import io.varve.status.StatusReport;
import io.varve.testing.CommandLineChild;
import io.varve.testing.CommandLineRun;
import io.varve.testing.OwnCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose certificate only Java's trust store may vouch for. */
class RemoteTlsTest {

  private static final String TOKEN = "t0ken-5be0d1c2";

  private final OwnCertificate certificate;
  private final HttpsServer server;
  private final Path output;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<String> authorization = new AtomicReference<>("");

  RemoteTlsTest(@TempDir Path folder) throws IOException, GeneralSecurityException {
    output = folder.resolve("output");
    certificate = OwnCertificate.in(folder);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    byte[] status = Json.write(new StatusReport(Instant.now(), List.of()));
    server.createContext(
        "/api/v1/status",
        exchange -> {
          try (exchange) {
            asked.incrementAndGet();
            authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
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
  void theTrustStoreVouchesForIt() throws IOException {
    ProcessBuilder program =
        new ProcessBuilder(CommandLineChild.command("status", "--server", url()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    program
        .environment()
        .putAll(
            Map.of(
                "JAVA_TOOL_OPTIONS",
                "-Djavax.net.ssl.trustStore="
                    + certificate.file()
                    + " -Djavax.net.ssl.trustStorePassword="
                    + OwnCertificate.PASSWORD,
                "VARVE_TOKEN",
                TOKEN));
    int exitCode = program.start().onExit().join().exitValue();
    assertThat(exitCode).as(Files.readString(output)).isZero();
    assertThat(asked).hasValue(1);
    assertThat(authorization).hasValue("Bearer " + TOKEN);
  }
}
