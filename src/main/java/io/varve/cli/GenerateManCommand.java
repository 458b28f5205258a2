package io.varve.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code varve generate-man}. */
@Command(
    name = "generate-man",
    mixinStandardHelpOptions = true,
    description = "Prints the manual page of all commands, for man.",
    footer = {"", "Example:", "  varve generate-man > /usr/local/share/man/man1/varve.1"})
final class GenerateManCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ManPage.of(spec.root()));
    out.flush();
    return 0;
  }
}
