package io.varve.function;

import io.varve.InvalidRequestException;
import io.varve.job.JobKind;
import io.varve.repository.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** Polls for events on the JVM as the framework does it in the native program. */
final class FunctionLoop {

  private FunctionLoop() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    RuntimeApi api = RuntimeApi.fromEnvironment().orElseThrow();
    try {
      JobKind.ofHandler(System.getenv("_HANDLER"));
    } catch (InvalidRequestException unknown) {
      api.initError(unknown);
      System.exit(1);
    }
    LambdaHandler handler = new LambdaHandler();
    HttpClient client = HttpClient.newHttpClient();
    String base = "http://" + api.address() + "/2018-06-01/runtime/invocation/";
    while (true) {
      HttpResponse<byte[]> event =
          client.send(
              HttpRequest.newBuilder(URI.create(base + "next")).build(),
              BodyHandlers.ofByteArray());
      String id = event.headers().firstValue("Lambda-Runtime-Aws-Request-Id").orElseThrow();
      long deadline = event.headers().firstValueAsLong("Lambda-Runtime-Deadline-Ms").orElseThrow();
      String path = id + "/response";
      byte[] body;
      try {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        handler.handleRequest(
            new ByteArrayInputStream(event.body()), answer, new FunctionContext(id, deadline));
        body = answer.toByteArray();
      } catch (RuntimeException failed) {
        path = id + "/error";
        body =
            Json.write(
                Map.of(
                    "errorType", failed.getClass().getName(),
                    "errorMessage", String.valueOf(failed.getMessage())));
      }
      boolean interrupted = Thread.interrupted(); // told to end: it says so, then ends
      client.send(
          HttpRequest.newBuilder(URI.create(base + path))
              .POST(BodyPublishers.ofByteArray(body))
              .build(),
          BodyHandlers.discarding());
      if (interrupted) {
        return;
      }
    }
  }
}
