package io.varve.function;

import io.varve.VarveException;
import io.varve.repository.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The one call of Lambda's runtime API that the framework does not make where it should: that the
 * program cannot start.
 */
record RuntimeApi(String address) {

  private static final int PATIENCE_MILLIS = 5_000;

  static Optional<RuntimeApi> fromEnvironment() {
    return Optional.ofNullable(System.getenv("AWS_LAMBDA_RUNTIME_API")).map(RuntimeApi::new);
  }

  /** Tells Lambda why, as far as it can be reached. */
  void initError(VarveException why) {
    byte[] error =
        Json.write(Map.of("errorType", why.getClass().getName(), "errorMessage", why.getMessage()));
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + address + "/2018-06-01/runtime/init/error")
                  .toURL()
                  .openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setRequestProperty("Lambda-Runtime-Function-Error-Type", why.getClass().getName());
      try (OutputStream body = connection.getOutputStream()) {
        body.write(error);
      }
      connection.getResponseCode();
    } catch (IOException e) {
      // it is in the log, and the exit code says that it failed
    }
  }
}
