package io.varve.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many connections work side by side. */
final class ParallelOption {

  private static final int LEAST = 2;
  private static final int MOST_BY_DEFAULT = 8;
  private static final int MOST = 64;

  /** What a connection may take, with parts of the least default size. */
  private static final long BYTES_EACH = 32L << 20;

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "connections that work side by side; default: one per core, 2 to 8")
  @Nullable Integer wanted;

  int connections() {
    if (wanted == null) {
      long fitting = Runtime.getRuntime().maxMemory() / BYTES_EACH;
      return Math.clamp(
          Math.min(Runtime.getRuntime().availableProcessors(), fitting), LEAST, MOST_BY_DEFAULT);
    }
    if (wanted < 1 || wanted > MOST) {
      throw new ParameterException(
          Objects.requireNonNull(command).commandLine(), "--parallel must be from 1 to " + MOST);
    }
    return wanted;
  }
}
