package io.varve.function;

import io.varve.InvalidRequestException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The functions, by the name of their handler. A new one is a line here, and its task. */
enum VarveFunction {
  BACKUP(BackupTask::read),
  RESTORE(RestoreTask::read),
  VERIFY(VerifyTask::read),
  PRUNE(PruneTask::read),
  SYNC(SyncTask::read),
  PLAN(PlanTask::read),
  WORK(WorkTask::read),
  FINISH(FinishTask::read);

  private final Function<EventFields, Task> reader;

  VarveFunction(Function<EventFields, Task> reader) {
    this.reader = reader;
  }

  /** The name of the handler. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the fields of an event that are this function's own. */
  Task read(EventFields event) {
    return reader.apply(event);
  }

  /**
   * Finds one.
   *
   * @param handler what Lambda says in {@code _HANDLER}
   * @throws InvalidRequestException if there is none of that name
   */
  static VarveFunction named(@Nullable String handler) {
    return Arrays.stream(values())
        .filter(function -> function.word().equals(handler))
        .findFirst()
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
                            .map(VarveFunction::word)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
