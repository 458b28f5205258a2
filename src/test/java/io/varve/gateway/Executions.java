package io.varve.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.varve.Progress;
import io.varve.job.CallObserver;
import io.varve.job.Calls;
import io.varve.job.JobKind;
import io.varve.repository.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Step Functions as far as a state machine is begun there, by AWS's documentation; the state
 * machine is the loop of docs/functions.md, over the functions themselves.
 */
final class Executions implements AutoCloseable {

  static final String ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> environment;
  private final Map<String, String> running = new HashMap<>();
  private final List<String> begun = new CopyOnWriteArrayList<>();
  private volatile boolean refusing;

  /**
   * @param environment of the functions
   */
  Executions(Map<String, String> environment) {
    this.environment = environment;
    // the functions run in this process, whose variables have no credentials
    System.setProperty("aws.accessKeyId", environment.get("AWS_ACCESS_KEY_ID"));
    System.setProperty("aws.secretAccessKey", environment.get("AWS_SECRET_ACCESS_KEY"));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on nobody may begin one. */
  void refuse(boolean from) {
    refusing = from;
  }

  /** The names of all that were begun. */
  List<String> begun() {
    return begun;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode asked = JSON.readTree(exchange.getRequestBody());
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (!"AWSStepFunctions.StartExecution".equals(target)
          || !ARN.equals(asked.path("stateMachineArn").asText())) {
        send(exchange, 400, error("ValidationException", "not what this one knows: " + target));
      } else if (refusing) {
        send(exchange, 400, error("AccessDeniedException", "not authorized to perform"));
      } else {
        begin(exchange, asked.path("name").asText(), asked.path("input").asText());
      }
    }
  }

  private void begin(HttpExchange exchange, String name, String input) throws IOException {
    synchronized (running) {
      if (begun.contains(name) && !input.equals(running.get(name))) {
        send(exchange, 400, error("ExecutionAlreadyExists", "Execution Already Exists: " + name));
        return;
      }
      if (!begun.contains(name)) {
        begun.add(name);
        running.put(name, input);
        threads.execute(() -> run(name, input));
      }
    }
    String execution = ARN.replace("stateMachine", "execution") + ":" + name;
    send(exchange, 200, Map.of("executionArn", execution, "startDate", 1_785_000_000));
  }

  private void run(String name, String input) {
    try {
      JsonNode asked = JSON.readTree(input);
      Calls calls =
          new Calls(
              JobKind.ofHandler(asked.path("function").asText()),
              environment,
              new CallObserver() {
                @Override
                public void begins(JobKind kind, String job, String source) {}

                @Override
                public Progress progress(String job) {
                  return Progress.SILENT;
                }
              });
      ObjectNode event = (ObjectNode) asked.path("event");
      JsonNode answer = JSON.nullNode();
      while (!answer.path("state").asText().equals("DONE")) {
        answer = calls.answer(Json.write(event), "not used", Duration.ofMinutes(1));
        event.set("token", answer.path("token"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (running) {
        running.remove(name);
      }
    }
  }

  private static Map<String, ?> error(String type, String message) {
    return Map.of("__type", type, "message", message);
  }

  private static void send(HttpExchange exchange, int status, Map<String, ?> answer)
      throws IOException {
    byte[] body = Json.line(answer).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
