package io.varve.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.StoppedException;
import io.varve.repository.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Asks a server's API. Every failure is one of Varve's own; none holds the token, which is sent to
 * this server alone: redirects are not followed. Thread-safe.
 */
public final class ApiClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int TRIES = 3;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);
  private static final int MOST_TOKEN = 4_096;

  private final ServerUrl server;
  private final Optional<String> token;
  private final HttpClient http;

  /** Whether a token may be sent where others can read it. */
  public enum PlainHttp {
    ALLOWED,
    REFUSED
  }

  /**
   * Makes no request.
   *
   * @throws InvalidRequestException if the token is none that can be sent, or could be read on its
   *     way
   */
  public ApiClient(ServerUrl server, Optional<String> token, PlainHttp plain) {
    this.server = server;
    this.token = token.map(ApiClient::requireToken);
    if (token.isPresent() && plain == PlainHttp.REFUSED && server.isOpenToOthers()) {
      throw new InvalidRequestException(
          "send the token to",
          server.toString(),
          "without TLS everybody on the way can read it",
          "Use https; where the way is safe all the same, say --allow-plain-http.");
    }
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
  }

  private static String requireToken(String token) {
    boolean fit =
        token.length() <= MOST_TOKEN
            && token.chars().allMatch(letter -> letter > ' ' && letter < 127);
    if (!fit) {
      throw new InvalidRequestException(
          "send",
          "the token",
          "it has letters that a token cannot have, or is too long",
          "It is one word: look at VARVE_TOKEN, or the file that --token-file names.");
    }
    return token;
  }

  /** For messages. */
  public ServerUrl server() {
    return server;
  }

  /**
   * Reads a resource.
   *
   * @param doing what that is for: completes "cannot ... SERVER"
   * @param path below {@code /api/v1}
   */
  public JsonNode get(String doing, String path) {
    return answer(doing, send(doing, request(path).GET().build()));
  }

  /**
   * Asks for something to be done. An answer that is lost is asked for again, and done once.
   *
   * @param key names what is asked for: under one key it is done once
   */
  public JsonNode post(String doing, String path, JsonNode body, String key) {
    BodyPublisher content = BodyPublishers.ofByteArray(Json.write(body));
    for (int i = 1; ; i++) {
      HttpRequest request =
          request(path)
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", key)
              .POST(content)
              .build();
      try {
        return answer(doing, send(doing, request));
      } catch (RetryLaterException away) {
        if (i == TRIES) {
          throw away;
        }
        pause(BETWEEN_TRIES);
      }
    }
  }

  /** Takes a resource away. */
  public JsonNode delete(String doing, String path) {
    return answer(doing, send(doing, request(path).DELETE().build()));
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resource(path))
            .timeout(ANSWER)
            .header("Accept", "application/json, application/problem+json");
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    return request;
  }

  private HttpResponse<byte[]> send(String doing, HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    } catch (SSLException untrusted) {
      throw new InvalidRequestException(
          doing,
          server.toString(),
          "its certificate is not one that is trusted here, or it speaks no TLS",
          "Add its authority to those that this machine trusts, or correct the address.",
          untrusted);
    } catch (HttpTimeoutException slow) {
      throw away(doing, "it does not answer in time", slow);
    } catch (IOException lost) {
      throw away(
          doing,
          lost.getCause() instanceof UnresolvedAddressException
                  || lost.getCause() != null
                      && lost.getCause().getCause() instanceof UnresolvedAddressException
              ? "there is no host of that name"
              : lost instanceof java.net.ConnectException
                  ? "nothing listens there, or a firewall refuses"
                  : "the connection was cut off",
          lost);
    }
  }

  private RetryLaterException away(String doing, String reason, IOException cause) {
    return new RetryLaterException(
        doing,
        server.toString(),
        reason,
        "Check the address, and that varve serve runs there.",
        cause);
  }

  private JsonNode answer(String doing, HttpResponse<byte[]> response) {
    if (response.statusCode() / 100 != 2) {
      throw Refusal.of(doing, server, token, response);
    }
    try {
      return Json.read(response.body(), JsonNode.class);
    } catch (IOException other) {
      throw new InvalidRequestException(
          doing,
          server.toString(),
          "what answers there is no server of Varve",
          "Correct the address; its path ends before /api.",
          other);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
