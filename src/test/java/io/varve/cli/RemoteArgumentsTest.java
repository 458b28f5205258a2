package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.varve.testing.CommandLineRun;
import io.varve.testing.PasswordFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client refuses before it asks a server, and what it makes of strange answers. */
class RemoteArgumentsTest {

  private static final String TOKEN = "t0ken-3c1a5be7";

  private final PasswordFile token = PasswordFile.of(TOKEN);

  @AfterEach
  void close() {
    token.close();
  }

  private CommandLineRun run(String server, String... command) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--server", server, "--token-file", token.path().toString()));
    CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
    assertThat(run.text()).doesNotContain(TOKEN);
    return run;
  }

  @Test
  void aTokenIsNotSentInClearToAnotherMachine() {
    CommandLineRun run = run("http://192.0.2.1:8080", "status");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("cannot send the token to http://192.0.2.1:8080", "TLS", "--allow-plain-http");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "varve.example.com",
        "ftp://a",
        "http://",
        "http://a b",
        "https://u:s3cr3t@a",
        "https://a?x"
      })
  void anAddressThatIsNoneIsRefusedAndNotShown(String server) {
    CommandLineRun run = run(server, "status");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("the address of the server").doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", "..", "a?b", "a%2fb"})
  void aNameIsNoPath(String name) {
    CommandLineRun run = run("http://127.0.0.1:1", "remote", "follow", "j", "--name", name);
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("the name '" + name + "'");
  }

  @Test
  void usageIsExplained() {
    assertThat(CommandLineRun.of("remote").exitCode()).isEqualTo(2);
    CommandLineRun nowhere = CommandLineRun.of("remote", "backup", "--name", "shop");
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertThat(nowhere.err()).contains("'--server=URL'");
    CommandLineRun policy = run("http://127.0.0.1:1", "remote", "prune", "--keep-daily", "7");
    assertThat(policy.exitCode()).isEqualTo(2);
    assertThat(policy.err()).contains("--dry-run and --keep-... go together");
  }

  @Test
  void aServerThatIsAwayIsToBeAskedLater() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    CommandLineRun run = run("http://127.0.0.1:" + port, "status");
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.err()).contains("127.0.0.1:" + port, "nothing listens there");
    CommandLineRun unknown = run("https://no-such-host.invalid", "status");
    assertThat(unknown.exitCode()).isEqualTo(5);
    assertThat(unknown.err()).contains("https://no-such-host.invalid");
  }

  @Test
  void anotherKindOfServerIsNamedAsSuch() throws IOException {
    String problem = "{\"detail\": \"sent: Bearer " + TOKEN + ".\"}";
    assertThat(answered(500, problem).err()).contains("sent: Bearer ...");
    assertThat(answered(200, "<html>").err()).contains("no server of Varve");
    assertThat(answered(404, "<html>").err()).contains("no server of Varve");
    assertThat(answered(200, "{\"x\": 1}").err()).contains("no server of Varve");
    assertThat(answered(503, "<html>").exitCode()).isEqualTo(5);
  }

  @Test
  void aTokenDoesNotFollowARedirect() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer other = server(exchange -> asked.incrementAndGet());
    HttpServer first =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Location", url(other) + "/api/v1/status");
              exchange.sendResponseHeaders(302, -1);
            });
    try {
      CommandLineRun run = run(url(first), "status");
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).contains("it sends elsewhere");
      assertThat(asked).hasValue(0);
    } finally {
      first.stop(0);
      other.stop(0);
    }
  }

  @Test
  void aLostAnswerIsAskedForAgainUnderTheSameKey() throws IOException {
    List<String> keys = new CopyOnWriteArrayList<>();
    AtomicInteger looks = new AtomicInteger();
    HttpServer server =
        server(
            exchange -> {
              if (exchange.getRequestMethod().equals("POST")) {
                keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
                if (keys.size() > 1) {
                  send(exchange, 202, "{\"id\": \"j\"}");
                }
              } else if (looks.incrementAndGet() == 1) {
                send(exchange, 503, "{\"detail\": \"It is about to start.\"}");
              } else {
                send(exchange, 200, "{\"state\": \"done\", \"report\": {\"x\": 7}}");
              }
            });
    try {
      CommandLineRun run = run(url(server), "remote", "backup", "--name", "shop", "--json");
      assertThat(run.exitCode()).as(run.text()).isZero();
      assertThat(run.out().strip()).isEqualTo("{\"x\":7}");
      assertThat(keys).hasSize(2).doesNotContainNull();
      assertThat(keys.getFirst()).isEqualTo(keys.getLast());
    } finally {
      server.stop(0);
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private CommandLineRun answered(int status, String body) throws IOException {
    HttpServer server = server(exchange -> send(exchange, status, body));
    try {
      CommandLineRun run = run(url(server), "status");
      assertThat(run.exitCode()).isIn(3, 5);
      return run;
    } finally {
      server.stop(0);
    }
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private static HttpServer server(Answer answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer.to(exchange);
          }
        });
    server.start();
    return server;
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }
}
