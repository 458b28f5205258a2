package io.varve.job;

import io.varve.InvalidRequestException;
import io.varve.WrittenDuration;
import io.varve.retention.Prune;
import io.varve.retention.RetentionPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The function {@code prune}. */
record PruneTask(String source, RetentionPolicy policy, Extent extent) implements Task {

  /** How much of it is carried out. */
  enum Extent {
    ALL,
    PLAN
  }

  private static final int MOST = 100_000;

  static Task read(EventFields event) {
    RetentionPolicy policy =
        event
            .object("keep")
            .map(PruneTask::policy)
            .filter(asked -> !asked.isEmpty())
            .orElseThrow(
                () ->
                    new InvalidRequestException(
                        "read",
                        "the event",
                        "field keep names nothing that stays",
                        "Say what to keep, as in {\"keep\": {\"daily\": 7, \"weekly\": 4}}."));
    return new PruneTask(
        event.text("source"), policy, event.flag("dryRun") ? Extent.PLAN : Extent.ALL);
  }

  private static RetentionPolicy policy(EventFields keep) {
    RetentionPolicy policy =
        new RetentionPolicy(
            keep.number("last", MOST),
            keep.number("hourly", MOST),
            keep.number("daily", MOST),
            keep.number("weekly", MOST),
            keep.number("monthly", MOST),
            keep.number("yearly", MOST),
            keep.optionalText("within").map(PruneTask::duration),
            Set.copyOf(keep.texts("tags")));
    keep.end();
    return policy;
  }

  private static Duration duration(String text) {
    Optional<Duration> duration = WrittenDuration.parse(text);
    return duration.orElseThrow(
        () ->
            new InvalidRequestException(
                "read",
                "the event",
                "field keep.within must be a number and s, m, h, d, w or y, as in 30d",
                "docs/functions.schema.json says what an event is."));
  }

  @Override
  public Object run(Call call) {
    Prune prune = new Prune(call.repository(), call.progress(), call.clock(), call.limit());
    return extent == Extent.PLAN ? prune.plan(policy) : prune.run(policy);
  }
}
