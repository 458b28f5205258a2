package io.varve.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** How many connections work side by side. */
final class Parallel {

  private static final int LEAST = 2;
  private static final int MOST_BY_DEFAULT = 8;
  private static final int MOST = 64;

  /** What a connection may take, with parts of the least default size. */
  private static final long BYTES_EACH = 32L << 20;

  private Parallel() {}

  static int of(@Nullable Integer wanted, CommandSpec spec) {
    if (wanted == null) {
      long fitting = Runtime.getRuntime().maxMemory() / BYTES_EACH;
      return Math.clamp(
          Math.min(Runtime.getRuntime().availableProcessors(), fitting), LEAST, MOST_BY_DEFAULT);
    }
    if (wanted < 1 || wanted > MOST) {
      throw new ParameterException(spec.commandLine(), "--parallel must be from 1 to " + MOST);
    }
    return wanted;
  }
}
