package io.varve.cli;

import io.varve.mysql.Throttling;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How far a command holds itself back to spare a server that others work with. */
final class ThrottleOptions {

  private static final long LEAST_RATE = 1 << 10;

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  @Option(
      names = "--limit-rate",
      paramLabel = "RATE",
      converter = ByteSize.class,
      description = "read or load at most so much a second, over all connections together: 20M")
  @Nullable Long rate;

  @Option(
      names = "--max-threads-running",
      paramLabel = "N",
      description = "pause while the server runs more threads than these for others")
  @Nullable Integer threads;

  Throttling throttling() {
    if (rate != null && rate < LEAST_RATE) {
      throw refused("--limit-rate must be at least 1K");
    }
    if (threads != null && threads < 0) {
      throw refused("--max-threads-running must not be below 0");
    }
    return new Throttling(
        rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
        threads == null ? OptionalInt.empty() : OptionalInt.of(threads));
  }

  private ParameterException refused(String why) {
    return new ParameterException(Objects.requireNonNull(command).commandLine(), why);
  }
}
