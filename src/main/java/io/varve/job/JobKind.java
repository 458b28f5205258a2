package io.varve.job;

import io.varve.InvalidRequestException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a job may be, by the word for it, which is also the name of the function that does it. A new
 * one is a line here, and its task.
 */
public enum JobKind {
  BACKUP(BackupTask::read),
  RESTORE(RestoreTask::read),
  VERIFY(VerifyTask::read),
  PRUNE(PruneTask::read),
  SYNC(SyncTask::read),
  DRILL(DrillTask::read),
  PLAN(PlanTask::read),
  WORK(WorkTask::read),
  FINISH(FinishTask::read);

  private final Function<EventFields, Task> reader;

  JobKind(Function<EventFields, Task> reader) {
    this.reader = reader;
  }

  /** Its name in events, records and settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the fields of an event that are its own. */
  Task read(EventFields event) {
    return reader.apply(event);
  }

  /** Finds one; empty where there is none of that name. */
  public static Optional<JobKind> find(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }

  /**
   * What a function does.
   *
   * @param handler what Lambda says in {@code _HANDLER}
   * @throws InvalidRequestException if there is none of that name
   */
  public static JobKind ofHandler(@Nullable String handler) {
    return Optional.ofNullable(handler)
        .flatMap(JobKind::find)
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "start",
                    handler == null
                        ? "a function without a name"
                        : "the function '" + handler + "'",
                    "there is none of that name",
                    "Set the handler of the Lambda function to one of "
                        + Arrays.stream(values())
                            .map(JobKind::word)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
