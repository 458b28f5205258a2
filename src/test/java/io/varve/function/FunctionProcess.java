package io.varve.function;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.testing.LambdaRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A function in a process of its own, as Lambda runs it: the program that the property {@code
 * varve.test.bootstrap} names, where nothing can be written to a file and with the heap of a
 * function of 512 MB; without one its handler alone, on the JVM.
 */
final class FunctionProcess implements CalledFunction {

  /** What 512 MB of a function leave for the heap: four fifths. */
  private static final String HEAP = "-Xmx410m";

  private final LambdaRuntime runtime = new LambdaRuntime();
  private final Process process;
  private final StringBuffer log = new StringBuffer();

  private final String handler;

  FunctionProcess(String handler, Map<String, String> environment) {
    this.handler = handler;
    try {
      ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
      builder.environment().put("_HANDLER", handler);
      builder.environment().put("AWS_LAMBDA_RUNTIME_API", runtime.address());
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread reader = new Thread(this::readLog);
    reader.setDaemon(true);
    reader.start();
  }

  static boolean isNative() {
    return !System.getProperty("varve.test.bootstrap", "").isEmpty();
  }

  private static List<String> command() {
    if (isNative()) {
      return List.of("prlimit", "--fsize=0", System.getProperty("varve.test.bootstrap"), HEAP);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(HEAP, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FunctionLoop.class.getName());
    return command;
  }

  private void readLog() {
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(line -> log.append(line).append('\n'));
    } catch (IOException | UncheckedIOException e) {
      // it has been killed
    }
  }

  @Override
  public CompletableFuture<Outcome> begin(String requestId, String event, Duration remaining) {
    return runtime
        .deliver(requestId, event, remaining)
        .thenApply(
            outcome ->
                outcome.failed()
                    ? Outcome.error(outcome.body())
                    : Outcome.answer(handler, event, outcome.body()));
  }

  /** What it says that cannot start. */
  JsonNode initError() {
    try {
      return Outcome.tree(runtime.initError().get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the function has said nothing but:\n" + log, e);
    }
  }

  @Override
  public String log() {
    return log.toString();
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** {@code SIGTERM}. */
  void term() {
    process.destroy();
  }

  /** The runtime API is there no more. */
  void loseRuntime() {
    runtime.close();
  }

  /** Waits for the end; answers the exit code. */
  int exitCode() {
    try {
      if (!process.waitFor(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the function does not end; it has said:\n" + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
    runtime.close();
  }
}
