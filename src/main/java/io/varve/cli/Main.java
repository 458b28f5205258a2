package io.varve.cli;

import io.quarkus.runtime.annotations.QuarkusMain;

/**
 * Where the program begins. Commands need nothing of the framework while they run, and start sooner
 * without it; the server starts it.
 */
@QuarkusMain
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    FasterProgram.takeOver();
    System.exit(
        ServeCommand.isMeant(args)
            ? VarveCommand.execute(System.out, System.err, args)
            : InterruptibleRun.run(() -> VarveCommand.execute(System.out, System.err, args)));
  }
}
