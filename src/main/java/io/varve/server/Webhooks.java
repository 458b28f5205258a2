package io.varve.server;

import io.varve.configuration.Webhook;
import io.varve.mysql.Secret;
import io.varve.repository.Json;
import io.varve.repository.RequestEntry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells others of jobs that have ended: a POST of JSON, signed as the Standard Webhooks
 * specification has it (https://www.standardwebhooks.com), and tried some times. Thread-safe.
 */
final class Webhooks implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger("io.varve.server");
  private static final String PREFIX = "whsec_";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(10));

  private final List<Webhook> hooks;
  private final Clock clock;
  private @Nullable HttpClient client; // of the sender's thread alone
  private final ScheduledExecutorService sender =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("varve-webhooks").daemon().factory());

  Webhooks(List<Webhook> hooks, Clock clock) {
    this.hooks = hooks;
    this.clock = clock;
  }

  /** Tells whoever wants to know it. Waits for nobody. */
  void tell(String source, String job, RequestEntry entry) {
    Webhook.Outcome outcome =
        entry.state().equals(RequestEntry.DONE) ? Webhook.Outcome.SUCCESS : Webhook.Outcome.FAILURE;
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("source", source);
    data.put("job", job);
    data.put("kind", entry.function());
    data.put("state", entry.state());
    if (entry.backup() != null) {
      data.put("backup", entry.backup());
    }
    if (entry.failure() != null) {
      data.put("failure", entry.failure());
    }
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("type", "job." + entry.state());
    message.put("timestamp", clock.instant().toString());
    message.put("data", data);
    String body = Json.line(message);
    String id = "msg_" + UUID.randomUUID();
    hooks.stream()
        .filter(hook -> hook.on().contains(outcome))
        .forEach(hook -> sender.execute(() -> send(hook, id, body, 0)));
  }

  private void send(Webhook hook, String id, String body, int tries) {
    String reason = sent(hook, id, body);
    if (reason.isEmpty()) {
      return;
    }
    if (tries == PAUSES.size() || sender.isShutdown()) {
      LOG.errorf("The webhook %s was not told of a job: %s", hook.name(), reason);
      return;
    }
    LOG.warnf("The webhook %s was not told of a job yet: %s", hook.name(), reason);
    sender.schedule(
        () -> send(hook, id, body, tries + 1), PAUSES.get(tries).toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Empty if it has taken it, else why not. */
  private String sent(Webhook hook, String id, String body) {
    if (hook.secret().isEmpty()) {
      return "the variable " + hook.variable() + " has no secret to sign with";
    }
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(hook.url())
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                "v1," + signature(hook.secret().get(), id + "." + timestamp + "." + body))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      int status = client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status / 100 == 2 ? "" : "it answered " + status;
    } catch (IOException e) {
      return "it cannot be reached";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "the server is about to end";
    }
  }

  /** Made for the first message: it has a thread of its own. */
  private HttpClient client() {
    HttpClient known = client;
    if (known == null) {
      known =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(PATIENCE)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      client = known;
    }
    return known;
  }

  private static String signature(Secret secret, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret.reveal()), "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** As the specification writes it, in base64 after a prefix; else any text. */
  private static byte[] key(String secret) {
    if (secret.startsWith(PREFIX)) {
      try {
        return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
      } catch (IllegalArgumentException noBase64) {
        // as any text
      }
    }
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    sender.shutdown();
  }
}
