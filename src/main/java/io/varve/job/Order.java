package io.varve.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.InvalidRequestException;
import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.repository.Json;
import java.util.Optional;

/**
 * A job as it is asked for: understood, and found to be possible in itself. Immutable.
 *
 * @param name of the job: what is asked for under one name is done once
 * @param token of the answer before, where it is gone on with
 * @param fields all that the event says but name and token
 * @param sha256 of the fields
 */
public record Order(
    JobKind kind, String name, Optional<Token> token, Task task, ObjectNode fields, String sha256) {

  /**
   * Reads an event.
   *
   * @param otherwise the name where the event has none
   * @throws InvalidRequestException if it is not what its schema says
   */
  public static Order read(JobKind kind, byte[] json, String otherwise) {
    EventFields event = EventFields.parse(json);
    Task task = kind.read(event);
    Optional<String> job = event.optionalText("job");
    Optional<Token> token = event.optionalText("token").map(Token::parse);
    event.end();
    requireSameJob(job, token);
    ObjectNode fields = event.without("job", "token");
    return new Order(
        kind,
        token.map(Token::job).or(() -> job).or(task::job).orElse(otherwise),
        token,
        task,
        fields,
        EventFields.sha256(fields));
  }

  /**
   * The fields of an event, before anybody knows what it asks for.
   *
   * @throws InvalidRequestException if it is too large, no JSON, or no object
   */
  public static ObjectNode fields(byte[] json) {
    return EventFields.parse(json).without();
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

  /** What a schedule begins, under a name. */
  public static Order scheduled(
      String source, ScheduledKind kind, ScheduleConfiguration schedule, String name) {
    ObjectNode event = schedule.options().deepCopy();
    event.put("source", source);
    JobKind job =
        switch (kind) {
          case FULL, INCREMENTAL -> {
            event.put("kind", kind.word());
            yield JobKind.BACKUP;
          }
          case PRUNE -> JobKind.PRUNE;
          case VERIFY -> JobKind.VERIFY;
          case SYNC -> JobKind.SYNC;
          case DRILL -> JobKind.DRILL;
        };
    return read(job, Json.write(event), name);
  }

  /** Whose backups it is about. */
  public String source() {
    return task.source();
  }
}
