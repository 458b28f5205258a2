package io.varve.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.TimeLimit;
import io.varve.configuration.Configuration;
import io.varve.repository.Lease;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.repository.SourceRepository;
import io.varve.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The calls of one function. However often an event is delivered, what it asks for is done once,
 * and answered each time: the repository knows each job by its name.
 */
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
    EventFields event = EventFields.parse(json);
    Task task = function.read(event);
    Optional<String> job = event.optionalText("job");
    Optional<Token> token = event.optionalText("token").map(Token::parse);
    event.end();
    requireSameJob(job, token);
    String name = token.map(Token::job).or(() -> job).or(task::job).orElse(requestId);
    observer.begins(function, name, task.source());
    Configuration configuration = Configuration.load(environment);
    try (ObjectStore store = configuration.store().open();
        Repository repository = task.open(store)) {
      requireSource(repository, configuration, task.source());
      SourceRepository source = repository.source(task.source());
      String sha256 = event.sha256Without("job", "token");
      Request request =
          token.isPresent()
              ? Request.find(source, name, function.word(), sha256)
                  .orElseThrow(() -> noJob(token.get(), source))
              : Request.open(source, name, function.word(), sha256);
      int number = token.map(Token::call).orElse(0);
      Call call =
          new Call(
              configuration, source, request, limit, observer.progress(name), Clock.systemUTC());
      return known(request, number).orElseGet(() -> once(task, call, number, remaining));
    }
  }

  /** What an earlier call has answered, or a later one. */
  private static Optional<JsonNode> known(Request request, int number) {
    if (number > request.call()) {
      throw new InvalidRequestException(
          "go on with",
          request.subject(),
          "the token is none that it was answered with",
          "Give back the token of the last answer.");
    }
    if (request.leftLedger().isPresent()) {
      return Optional.empty();
    }
    return request
        .answer()
        .or(
            () ->
                number < request.call()
                    ? Optional.of(Answer.goesOn(new Token(request.name(), request.call())))
                    : Optional.empty());
  }

  private JsonNode once(Task task, Call call, int number, Duration remaining) {
    Request request = call.request();
    try (Lease lease = request.lease(remaining.dividedBy(2), call.progress()::warn)) {
      Optional<JsonNode> known = known(request, number); // another call was at work until now
      if (known.isPresent()) {
        return known.get();
      }
      Optional<Request.LeftLedger> left = request.leftLedger();
      if (left.isPresent()) {
        task.clear(call, left.get());
        JsonNode answer = request.answer().orElseThrow();
        request.done(answer);
        return answer;
      }
      try {
        JsonNode answer = Answer.done(request.name(), task.run(call));
        request.done(answer);
        return answer;
      } catch (ContinueException timeIsUp) {
        request.goesOn(timeIsUp.token());
        return Answer.goesOn(new Token(request.name(), request.call()));
      }
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

  private static void requireSameJob(Optional<String> job, Optional<Token> token) {
    if (job.isPresent() && token.isPresent() && !job.get().equals(token.get().job())) {
      throw new InvalidRequestException(
          "go on with",
          "job " + job.get(),
          "the token is that of another job",
          "Give back the token of this job's last answer.");
    }
  }

  private static InvalidRequestException noJob(Token token, SourceRepository source) {
    return new InvalidRequestException(
        "go on with",
        "job " + token.job() + " of " + source.location(),
        "there is none of that name",
        "Give back the token of the last answer, in an event with the same source.");
  }

  /** Else a slip of the pen would leave the record of a job where no source is. */
  private static void requireSource(
      Repository repository, Configuration configuration, String name) {
    if (!configuration.sources().containsKey(name) && !repository.sources().contains(name)) {
      configuration.source(name);
    }
  }
}
