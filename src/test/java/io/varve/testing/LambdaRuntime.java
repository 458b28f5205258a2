package io.varve.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * AWS Lambda's runtime API, as AWS documents it: what a function asks for events, and tells what
 * came of them. For one process.
 */
public final class LambdaRuntime implements AutoCloseable {

  private static final String BASE = "/2018-06-01/runtime/";

  private record Event(String requestId, String body, Duration remaining) {}

  /**
   * What a function has said to an event.
   *
   * @param failed whether it said that it failed
   */
  public record Outcome(boolean failed, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Map<String, CompletableFuture<Outcome>> outcomes = new ConcurrentHashMap<>();
  private final CompletableFuture<String> initError = new CompletableFuture<>();

  public LambdaRuntime() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(BASE, this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** What {@code AWS_LAMBDA_RUNTIME_API} says. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * Hands an event to the function that asks next.
   *
   * @param remaining from when it has asked
   */
  public CompletableFuture<Outcome> deliver(String requestId, String event, Duration remaining) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    outcomes.put(requestId, outcome);
    events.add(new Event(requestId, event, remaining));
    return outcome;
  }

  /** What the function says that cannot start. */
  public CompletableFuture<String> initError() {
    return initError;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().substring(BASE.length()).split("/", -1);
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (path.length == 2 && path[1].equals("next")) {
        next(exchange);
      } else if (path.length == 2 && path[0].equals("init")) {
        initError.complete(body);
        exchange.sendResponseHeaders(202, -1);
      } else {
        exchange.sendResponseHeaders(202, -1);
        CompletableFuture<Outcome> outcome = outcomes.remove(path[1]);
        if (outcome != null) {
          outcome.complete(new Outcome(path[2].equals("error"), body));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    Event event = events.take();
    byte[] body = event.body().getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/json");
    headers.set("Lambda-Runtime-Aws-Request-Id", event.requestId());
    headers.set(
        "Lambda-Runtime-Deadline-Ms",
        Long.toString(System.currentTimeMillis() + event.remaining().toMillis()));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn",
        "arn:aws:lambda:eu-central-1:123456789012:function:v");
    headers.set("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
