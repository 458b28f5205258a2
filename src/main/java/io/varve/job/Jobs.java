package io.varve.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.ContinueException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.configuration.Configuration;
import io.varve.repository.FailureEntry;
import io.varve.repository.Lease;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.repository.RequestEntry;
import io.varve.repository.SourceRepository;
import io.varve.store.ObjectStore;
import io.varve.store.StoreProbe;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Does what is asked for. However often that is, it is done once, and answered each time: the
 * repository knows each job by its name. Thread-safe.
 */
public record Jobs(Configuration configuration, Clock clock) {

  /**
   * Opens the repository for an order; a first backup makes it. One request, of which the store is
   * the caller's to close.
   *
   * @throws InvalidRequestException if nobody knows the source
   */
  public Repository open(Order order, ObjectStore store) {
    Repository repository = order.task().open(store);
    requireSource(repository, order.source());
    return repository;
  }

  /** The repository in a store, made if it is not there. One request. */
  public static Repository openOrCreate(ObjectStore store) {
    return Repository.openOrCreate(
        store, () -> StoreProbe.run(store, StoreProbe.Writers.MANY), Clock.systemUTC());
  }

  /**
   * Notes an order, or finds what is known of it: two requests to the store at most.
   *
   * @throws InvalidRequestException if something else was asked for under that name, or the token
   *     is none of this job
   */
  public Request note(Order order, Repository repository) {
    SourceRepository source = repository.source(order.source());
    String kind = order.kind().word();
    return order
        .token()
        .map(
            token ->
                Request.find(source, order.name(), kind, order.sha256(), clock)
                    .orElseThrow(() -> noJob(token, source)))
        .orElseGet(
            () -> Request.open(source, order.name(), kind, order.sha256(), order.fields(), clock));
  }

  /** As {@link #note}, of what others are to do: where it has failed, it is open once more. */
  public Request ask(Order order, Repository repository) {
    Request request = note(order, repository);
    if (request.entry().state().equals(RequestEntry.FAILED)) {
      request.again();
    }
    return request;
  }

  /**
   * Does it, or goes on with it, or says what it has come to.
   *
   * @param patience how long to wait for the lease of a call that may have died
   * @param begun is told when nobody else is at work on it
   * @throws io.varve.VarveException if it cannot; its class says what to do
   */
  public JsonNode perform(
      Order order,
      Repository repository,
      TimeLimit limit,
      Duration patience,
      Progress progress,
      Runnable begun) {
    Request request = note(order, repository);
    int number = order.token().map(Token::call).orElse(0);
    Call call =
        new Call(configuration, repository.source(order.source()), request, limit, progress, clock);
    return known(request, number)
        .orElseGet(() -> once(order.task(), call, number, patience, begun));
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
    if (request.isCanceled()) {
      throw new InvalidRequestException(
          "go on with", request.subject(), "it was canceled", "Ask for it under another name.");
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

  private static JsonNode once(
      Task task, Call call, int number, Duration patience, Runnable begun) {
    Request request = call.request();
    try (Lease lease = request.lease(patience, call.progress()::warn)) {
      begun.run();
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
      } catch (InvalidRequestException | DamageFoundException failed) {
        note(request, failed);
        throw failed;
      }
    }
  }

  /** For whoever looks at the job; the failure itself is what counts. */
  private static void note(Request request, VarveException failed) {
    try {
      request.failed(FailureEntry.of(failed));
    } catch (VarveException unnoted) {
      failed.addSuppressed(unnoted);
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
  private void requireSource(Repository repository, String name) {
    if (!configuration.sources().containsKey(name) && !repository.sources().contains(name)) {
      configuration.source(name);
    }
  }
}
