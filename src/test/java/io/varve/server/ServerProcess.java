package io.varve.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code varve serve} in a process of its own, on a port that is free: the program that the
 * property {@code varve.test.program} names, else the one that was just packaged.
 */
final class ServerProcess implements AutoCloseable {

  private static final Pattern LISTENING = Pattern.compile("Listening on: (http://[0-9.:]+)");
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final int MOST_ATTEMPTS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final StringBuffer log = new StringBuffer();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ServerProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readLog);
    reader.setDaemon(true);
    reader.start();
  }

  static ServerProcess start(Map<String, String> environment, String... more) {
    return startBy(List.of(), environment, more);
  }

  /**
   * As above.
   *
   * @param first a program, and its arguments, that executes the command which follows them
   */
  static ServerProcess startBy(
      List<String> first, Map<String, String> environment, String... more) {
    String program = System.getProperty("varve.test.program", "");
    List<String> command = new ArrayList<>(first);
    if (program.isEmpty()) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-jar"));
      command.add(Path.of("target", "quarkus-app", "quarkus-run.jar").toString());
    } else {
      command.add(program);
    }
    command.addAll(List.of("serve", "--http-port", "0"));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return new ServerProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readLog() {
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(line -> log.append(line).append('\n'));
    } catch (IOException | UncheckedIOException e) {
      // it has been killed
    }
  }

  String log() {
    return log.toString();
  }

  /** Where it listens, once it does. */
  String address() {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (System.nanoTime() < end) {
      Matcher matcher = LISTENING.matcher(log);
      if (matcher.find()) {
        return matcher.group(1);
      }
      if (!process.isAlive()) {
        break;
      }
      pause();
    }
    throw new AssertionError("the server does not listen; it has said:\n" + log);
  }

  /** An answer, read whole. */
  record Answer(int status, String body, HttpResponse<String> response) {

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + status + " " + body, e);
      }
    }
  }

  Answer get(String token, String path) {
    return send(token, path, HttpRequest.Builder::GET);
  }

  Answer post(String token, String path, String body) {
    return send(token, path, request -> posting(request, body));
  }

  /**
   * As above.
   *
   * @param key under which it is done once
   */
  Answer postOnce(String token, String path, String body, String key) {
    return send(token, path, request -> posting(request, body).header("Idempotency-Key", key));
  }

  private static HttpRequest.Builder posting(HttpRequest.Builder request, String body) {
    return request
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /**
   * Asks, and asks again where the connection was cut: who sends more than is taken may be cut off
   * before the answer to that has been read.
   */
  Answer send(String token, String path, UnaryOperator<HttpRequest.Builder> how) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + path)).timeout(LONGEST_WAIT);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpRequest asked = how.apply(request).build();
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<String> response = client.send(asked, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body(), response);
      } catch (IOException e) {
        if (attempt == MOST_ATTEMPTS || !process.isAlive()) {
          throw new UncheckedIOException(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  /** Asks until the answer is as it should be. */
  JsonNode await(String token, String path, Predicate<JsonNode> condition) {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    Answer last = get(token, path);
    while (!(last.status() == 200 && condition.test(last.json()))) {
      if (System.nanoTime() > end) {
        throw new AssertionError(path + " is still " + last.body() + "\nlog:\n" + log);
      }
      pause();
      last = get(token, path);
    }
    return last.json();
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** {@code SIGTERM}. */
  void term() {
    process.destroy();
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Waits for the end; answers the exit code. */
  int exitCode() {
    try {
      if (!process.waitFor(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the server does not end; it has said:\n" + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
