package io.varve.cli;

import picocli.CommandLine.Option;

/** Whether the end is waited for. */
final class DetachOption {

  @Option(
      names = "--detach",
      description = "print the job's name at once; the server goes on alone")
  boolean detach;
}
