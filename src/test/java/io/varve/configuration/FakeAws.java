package io.varve.configuration;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers as Secrets Manager does over HTTP, what a test tells it to: the last answer again and
 * again. Some faults a real one does not show when asked.
 */
final class FakeAws implements AutoCloseable {

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean silent;

  FakeAws() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The variables of a process that knows this one for AWS. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        endpoint().toString(),
        "AWS_REGION",
        "eu-central-1",
        "AWS_ACCESS_KEY_ID",
        "AKIDTEST",
        "AWS_SECRET_ACCESS_KEY",
        "key-hunter2");
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  FakeAws answering(int status, String body) {
    answers.add(new Answer(status, body));
    return this;
  }

  FakeAws holding(String secret) {
    String quoted = secret.replace("\\", "\\\\").replace("\"", "\\\"");
    return answering(200, "{\"Name\": \"shop\", \"SecretString\": \"" + quoted + "\"}");
  }

  FakeAws refusing(int status, String type, String message) {
    return answering(status, "{\"__type\": \"" + type + "\", \"message\": \"" + message + "\"}");
  }

  /** From now on it takes requests and answers none. */
  FakeAws fallenSilent() {
    silent = true;
    return this;
  }

  /** Forgets what it was to answer. */
  FakeAws anew() {
    answers.clear();
    return this;
  }

  /** The action that each request asked for, and its body. */
  List<String> requests() {
    return requests;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestHeaders().getFirst("X-Amz-Target") + " " + body);
    if (silent) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
      return;
    }
    Answer answer = answers.size() > 1 ? answers.remove() : answers.element();
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
