package io.varve.cli;

import io.varve.Parallelism;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many connections work side by side. */
final class ParallelOption {

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "connections that work side by side; default: one per core, 2 to 8")
  @Nullable Integer wanted;

  int connections() {
    if (wanted == null) {
      return Parallelism.byDefault();
    }
    if (wanted < 1 || wanted > Parallelism.MOST) {
      throw new ParameterException(
          Objects.requireNonNull(command).commandLine(),
          "--parallel must be from 1 to " + Parallelism.MOST);
    }
    return wanted;
  }
}
