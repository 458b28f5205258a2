package io.varve.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.RetryLaterException;
import io.varve.TimeLimit;
import io.varve.configuration.Configuration;
import io.varve.repository.Repository;
import io.varve.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** The calls of one function, each with a limited time. */
public final class Calls {

  /** An event that is larger is refused: it is what Lambda itself takes where nobody waits. */
  public static final int MOST_EVENT_BYTES = EventFields.MOST_BYTES;

  /** With less left nothing is begun: it could not be brought to an end in order. */
  static final Duration LEAST_TIME = Duration.ofSeconds(2);

  private final JobKind function;
  private final Map<String, String> environment;
  private final CallObserver observer;

  /**
   * Of one kind.
   *
   * @param environment where the configuration is found
   */
  public Calls(JobKind function, Map<String, String> environment, CallObserver observer) {
    this.function = function;
    this.environment = environment;
    this.observer = observer;
  }

  /**
   * Answers an event.
   *
   * @param requestId names the job where the event does not
   * @param remaining that the call may last
   * @throws io.varve.VarveException if it cannot; its class says what to do
   */
  public JsonNode answer(byte[] json, String requestId, Duration remaining) {
    requireTime(remaining);
    TimeLimit limit = TimeLimit.in(remaining);
    Order order = Order.read(function, json, requestId);
    observer.begins(function, order.name(), order.source());
    Configuration configuration = Configuration.load(environment);
    Jobs jobs = new Jobs(configuration, Clock.systemUTC());
    try (ObjectStore store = configuration.store().open();
        Repository repository = jobs.open(order, store)) {
      return jobs.perform(
          order,
          repository,
          limit,
          remaining.dividedBy(2),
          observer.progress(order.name()),
          () -> {});
    }
  }

  private void requireTime(Duration remaining) {
    if (remaining.compareTo(LEAST_TIME) < 0) {
      throw new RetryLaterException(
          "begin",
          "function " + function.word(),
          "it has "
              + remaining.toMillis()
              + " ms left, and begins nothing with less than "
              + LEAST_TIME.toMillis(),
          "Call it again, and give it a longer timeout if that does not help.");
    }
  }
}
