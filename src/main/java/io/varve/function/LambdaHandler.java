package io.varve.function;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import io.varve.RetryLaterException;
import io.varve.StoppedException;
import io.varve.VarveException;
import io.varve.job.Calls;
import io.varve.job.JobKind;
import io.varve.repository.Json;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * Answers events with the function that Lambda's {@code _HANDLER} names. What it throws, Lambda
 * answers as the name of the exception's class, and state machines match on that: one of the family
 * of {@link VarveException}, else {@link DefectException}.
 */
@Singleton
public final class LambdaHandler implements RequestStreamHandler {

  private final Calls calls;
  private final CallLog log;
  private final InterruptibleWork work = new InterruptibleWork();

  public LambdaHandler() {
    this(System.getenv(), System.err);
  }

  /**
   * With other variables than those of the process.
   *
   * @param lines of the log
   */
  LambdaHandler(Map<String, String> environment, PrintStream lines) {
    log = new CallLog(lines, Clock.systemUTC());
    calls = new Calls(JobKind.ofHandler(environment.get("_HANDLER")), environment, log);
    Runtime.getRuntime().addShutdownHook(new Thread(work::end, "varve-end"));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    Duration remaining = Duration.ofMillis(Math.max(0, context.getRemainingTimeInMillis()));
    byte[] json = event.readNBytes(Calls.MOST_EVENT_BYTES + 1);
    long began = System.nanoTime();
    String request = context.getAwsRequestId();
    try {
      JsonNode done = work.run(() -> calls.answer(json, request, remaining));
      log.ends(request, done.path("state").asText(), since(began));
      answer.write(Json.write(done));
    } catch (RuntimeException | Error failed) {
      RuntimeException known = known(failed);
      log.failed(request, known, since(began));
      throw known;
    }
  }

  private static long since(long began) {
    return (System.nanoTime() - began) / 1_000_000;
  }

  /** An {@code Error} would end the framework's thread without a word. */
  private static RuntimeException known(Throwable failed) {
    return switch (failed) {
      case VarveException known -> known;
      case StoppedException stopped ->
          new RetryLaterException(
              "finish",
              "the call",
              "the function was told to end",
              "Call it again: it goes on where it was.",
              stopped);
      default -> new DefectException(failed);
    };
  }
}
