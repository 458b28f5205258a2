package io.varve.function;

import io.varve.repository.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A function within this process, which takes one event at a time. The AWS SDK reads its login from
 * the process: a test sets the properties for it.
 */
final class FunctionWithin implements CalledFunction {

  private final String handler;
  private final LambdaHandler function;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  FunctionWithin(String handler, Map<String, String> environment) {
    this.handler = handler;
    Map<String, String> all = new HashMap<>(environment);
    all.put("_HANDLER", handler);
    this.function = new LambdaHandler(all, new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @Override
  public CompletableFuture<Outcome> begin(String requestId, String event, Duration remaining) {
    return CompletableFuture.supplyAsync(() -> answer(requestId, event, remaining), thread);
  }

  private Outcome answer(String requestId, String event, Duration remaining) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    long deadline = System.currentTimeMillis() + remaining.toMillis();
    try {
      function.handleRequest(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
          answer,
          new FunctionContext(requestId, deadline));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException failed) {
      return Outcome.error(
          Json.line(
              Map.of(
                  "errorType",
                  failed.getClass().getName(),
                  "errorMessage",
                  String.valueOf(failed.getMessage()))));
    }
    return Outcome.answer(handler, event, answer.toString(StandardCharsets.UTF_8));
  }

  @Override
  public String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
