package io.varve.cli;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the program begins. */
@QuarkusMain
public final class Main implements QuarkusApplication {

  public static void main(String[] args) {
    FasterProgram.takeOver();
    if (ServeCommand.isMeant(args)) {
      System.exit(VarveCommand.execute(System.out, System.err, args));
    }
    Quarkus.run(Main.class, args);
  }

  @Override
  public int run(String... args) {
    return InterruptibleRun.run(() -> VarveCommand.execute(System.out, System.err, args));
  }
}
