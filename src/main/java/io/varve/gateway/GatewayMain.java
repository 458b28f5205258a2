package io.varve.gateway;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.varve.codec.CompressionLibrary;

/**
 * Where the program of {@code api.zip} begins. The framework polls Lambda for what API Gateway was
 * asked, and gives it to the resources of {@code io.varve.api}.
 */
@QuarkusMain(name = "gateway")
public final class GatewayMain implements QuarkusApplication {

  public static void main(String[] args) {
    CompressionLibrary.useTheOneBesideTheProgram();
    Quarkus.run(GatewayMain.class, args);
  }

  @Override
  public int run(String... args) {
    Quarkus.waitForExit();
    return 0;
  }
}
