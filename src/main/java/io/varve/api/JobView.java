package io.varve.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.repository.BackupId;
import io.varve.repository.FailureEntry;
import io.varve.repository.JobLog;
import io.varve.repository.RequestEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job, as the API shows it.
 *
 * @param id its name
 * @param kind the word for what it is: {@code backup}, {@code restore}
 * @param state {@code running}, {@code ending}, {@code done}, {@code failed} or {@code canceled}
 * @param asked the fields of what was asked for
 * @param backup that it makes, or restores, once that is known
 * @param activity what it is doing; null where it is not worked on here
 * @param report what was done, as the function of that kind answers
 * @param failure why it failed
 */
record JobView(
    String id,
    String source,
    String kind,
    String state,
    @Nullable JsonNode asked,
    @Nullable Instant askedAt,
    @Nullable Instant changedAt,
    @Nullable BackupId backup,
    @Nullable Activity activity,
    @Nullable JsonNode report,
    @Nullable FailureEntry failure) {

  /** Whether somebody is at work on it, or has to be. */
  @JsonIgnore
  boolean isOpen() {
    return RequestEntry.isOpen(state);
  }

  /** What there is to tell of a job that nobody has kept a log of: it was done elsewhere. */
  List<JobLog.Line> lines() {
    List<JobLog.Line> lines = new ArrayList<>();
    if (askedAt != null) {
      lines.add(new JobLog.Line(askedAt, JobLog.INFO, "The " + kind + " was asked for."));
    }
    if (!isOpen() && changedAt != null) {
      String why = failure == null ? "" : failure.reason();
      lines.add(
          state.equals(RequestEntry.FAILED)
              ? new JobLog.Line(changedAt, JobLog.ERROR, "It has failed: " + why)
              : new JobLog.Line(changedAt, JobLog.INFO, "It is " + state + "."));
    }
    return List.copyOf(lines);
  }

  static JobView of(String source, String id, RequestEntry entry, @Nullable Activity activity) {
    return new JobView(
        id,
        source,
        entry.function(),
        entry.state(),
        entry.fields(),
        entry.askedAt(),
        entry.changedAt(),
        entry.backup(),
        activity,
        report(entry.answer()),
        entry.failure());
  }

  /** Without what the job says of itself. */
  private static @Nullable JsonNode report(@Nullable JsonNode answer) {
    return answer instanceof ObjectNode object
        ? object.deepCopy().without(List.of("state", "job"))
        : answer;
  }
}
