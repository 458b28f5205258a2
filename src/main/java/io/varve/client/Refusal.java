package io.varve.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.varve.CommitStateUnknownException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.repository.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a server answers in place of what was asked for: a problem of RFC 9457, as a failure. */
final class Refusal {

  private Refusal() {}

  static VarveException of(
      String doing, ServerUrl server, Optional<String> token, HttpResponse<byte[]> response) {
    JsonNode problem = problem(response, token);
    int status = response.statusCode();
    String subject = server.toString();
    String detail = clause(problem.path("detail").asText("it answers with HTTP status " + status));
    String hint = problem.path("hint").asText("");
    return switch (status) {
      case 401 ->
          new InvalidRequestException(
              doing,
              subject,
              token.isPresent()
                  ? "it does not know the token, or that has expired"
                  : "it asks for a token",
              "Set VARVE_TOKEN, or name a file with --token-file; server.tokens of its configuration"
                  + " has the hashes of those that it knows.");
      case 403 ->
          new InvalidRequestException(
              doing,
              subject,
              "the roles of the token do not allow that",
              "Use another token, or add the role to it in server.tokens of the server's"
                  + " configuration.");
      case 404 ->
          new InvalidRequestException(
              doing,
              subject,
              problem.isEmpty() ? "what answers there is no server of Varve" : detail,
              or(hint, "varve status shows the sources and jobs that there are."));
      case 429, 502, 503, 504 ->
          new RetryLaterException(doing, subject, detail, or(hint, "Try again later."));
      default ->
          switch (problem.path("type").asText()) {
            case "urn:varve:problem:damage-found" ->
                new DamageFoundException(doing, subject, detail, or(hint, "Run varve verify."));
            case "urn:varve:problem:state-unknown" ->
                new CommitStateUnknownException(doing, subject, detail, or(hint, "Look first."));
            default ->
                new InvalidRequestException(
                    doing,
                    subject,
                    status / 100 == 3 ? "it sends elsewhere, where the token is not sent" : detail,
                    or(
                        hint,
                        status / 100 == 3
                            ? "Give the address that it sends to."
                            : status >= 500 ? "The server's log says more." : "Correct it."));
          };
    };
  }

  /** A sentence of the server as the reason of a failure. */
  private static String clause(String sentence) {
    return sentence.strip().replaceFirst("\\.$", "");
  }

  private static String or(String hint, String otherwise) {
    return hint.isBlank() ? otherwise : hint;
  }

  /** Proxies that show what they were sent are not shown in turn. */
  private static JsonNode problem(HttpResponse<byte[]> response, Optional<String> token) {
    try {
      String text = new String(response.body(), StandardCharsets.UTF_8);
      String safe = token.map(secret -> text.replace(secret, "...")).orElse(text);
      JsonNode body = Json.read(safe.getBytes(StandardCharsets.UTF_8), JsonNode.class);
      return body.isObject() ? body : JsonNodeFactory.instance.objectNode();
    } catch (IOException other) {
      return JsonNodeFactory.instance.objectNode();
    }
  }
}
