package io.varve.cli;

import io.varve.VarveException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has. */
final class CommonOptions {

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  @Option(names = "--config", paramLabel = "FILE", description = "a file with options")
  @Nullable Path config; // read before parsing: see Defaults

  @Option(names = "--json", description = "print one JSON object at the end instead of a report")
  boolean json;

  @Option(names = "--quiet", description = "no progress on standard error")
  boolean quiet;

  /** Prints the result: JSON, or for people. */
  void print(Object json, String text) {
    var out = java.util.Objects.requireNonNull(command).commandLine().getOut();
    out.println(this.json ? io.varve.repository.Json.line(json) : text);
    out.flush();
  }

  /** Prints what was found wrong, after the result. Answers the exit code. */
  int fail(VarveException found) {
    return Failures.print(found, java.util.Objects.requireNonNull(command).commandLine().getErr());
  }

  ConsoleProgress progress() {
    return new ConsoleProgress(System.err, quiet, Terminal.isInteractive());
  }
}
