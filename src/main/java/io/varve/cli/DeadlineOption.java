package io.varve.cli;

import io.varve.TimeLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Until when a run may work. */
final class DeadlineOption {

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "stop in this time (90s, 10m, 2h), and say CONTINUE if it was not enough")
  @Nullable Duration deadline;

  /** From now on: asked for when the run begins. */
  TimeLimit limit() {
    return deadline == null ? TimeLimit.NONE : TimeLimit.in(deadline);
  }
}
