package io.varve.function;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.varve.InvalidRequestException;
import io.varve.codec.CompressionLibrary;
import io.varve.job.JobKind;
import java.time.Clock;

/**
 * Where the functions' program begins, {@code bootstrap}. Lambda says in {@code _HANDLER} which
 * function it is to be; the framework polls for events, and {@link LambdaHandler} answers them.
 */
@QuarkusMain(name = "function")
public final class FunctionMain implements QuarkusApplication {

  private static final int FAILED = 1;

  public static void main(String[] args) {
    CompressionLibrary.useTheOneBesideTheProgram();
    try {
      JobKind.ofHandler(System.getenv("_HANDLER"));
    } catch (InvalidRequestException unknown) {
      new CallLog(System.err, Clock.systemUTC()).cannotStart(unknown);
      RuntimeApi.fromEnvironment().ifPresent(api -> api.initError(unknown));
      System.exit(FAILED);
    }
    Quarkus.run(FunctionMain.class, args);
  }

  @Override
  public int run(String... args) {
    Quarkus.waitForExit();
    return 0;
  }
}
