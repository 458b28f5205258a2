package io.varve.function;

import io.varve.Progress;
import io.varve.VarveException;
import io.varve.job.CallObserver;
import io.varve.job.JobKind;
import io.varve.repository.Json;
import java.io.PrintStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a function logs: a line of JSON when a call begins, when it ends, and for each warning. It
 * holds no password and no row's value. Thread-safe.
 */
record CallLog(PrintStream out, Clock clock) implements CallObserver {

  @Override
  public void begins(JobKind function, String job, String source) {
    print("begin", Map.of("function", function.word(), "job", job, "source", source));
  }

  void ends(String request, String state, long milliseconds) {
    print("end", Map.of("request", request, "state", state, "milliseconds", milliseconds));
  }

  void failed(String request, Throwable failure, long milliseconds) {
    print(
        "failed",
        Map.of(
            "request",
            request,
            "error",
            failure.getClass().getName(),
            "message",
            words(failure),
            "milliseconds",
            milliseconds));
  }

  void cannotStart(VarveException why) {
    print("cannot start", Map.of("error", why.getClass().getName(), "message", words(why)));
  }

  /** Only ours are known to hold no secret. */
  private static String words(Throwable failure) {
    return failure instanceof VarveException || failure instanceof DefectException
        ? String.valueOf(failure.getMessage())
        : "";
  }

  @Override
  public Progress progress(String job) {
    return new Progress() {
      @Override
      public void begin(String phase, long expectedBytes) {
        print("phase", Map.of("job", job, "phase", phase));
      }

      @Override
      public void advance(long rows, long bytes) {}

      @Override
      public void warn(String text) {
        print("warning", Map.of("job", job, "message", text));
      }
    };
  }

  private void print(String event, Map<String, ?> fields) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", clock.instant().toString());
    line.put("event", event);
    line.putAll(fields);
    out.println(Json.line(line));
  }
}
