package io.varve.function;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A function that takes events, as Lambda delivers them. */
interface CalledFunction extends AutoCloseable {

  long LONGEST_WAIT_SECONDS = 120;

  /**
   * A function of which only the answers matter: within this process, where it need not be started
   * each time; or one of its own, where a built program is to be tried.
   */
  static CalledFunction of(String handler, Map<String, String> environment) {
    return FunctionProcess.isNative()
        ? new FunctionProcess(handler, environment)
        : new FunctionWithin(handler, environment);
  }

  CompletableFuture<Outcome> begin(String requestId, String event, Duration remaining);

  /** All that it has logged until now. */
  String log();

  @Override
  void close();

  /** Delivers an event, as under a new request id, with a minute left. */
  default Outcome call(String event) {
    return call(event, Duration.ofMinutes(1));
  }

  default Outcome call(String event, Duration remaining) {
    return await(begin(UUID.randomUUID().toString(), event, remaining));
  }

  default Outcome await(CompletableFuture<Outcome> call) {
    try {
      return call.get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the function has said nothing but:\n" + log(), e);
    }
  }
}
