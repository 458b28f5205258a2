package io.varve.cli;

/** The command line without the framework, so that another class can stand in for one of it. */
public final class CommandLine {

  private CommandLine() {}

  public static void main(String[] args) {
    System.exit(VarveCommand.execute(System.out, System.err, args));
  }
}
