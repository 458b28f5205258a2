package io.varve.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a call came to: an answer, or the name of an error. */
record Outcome(JsonNode body) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** An answer, which must be as the schema of the function's answers says. */
  static Outcome answer(String handler, String event, String body) {
    JsonNode answer = tree(body);
    FunctionsSchema.requireAnswer(handler, tree(event), answer);
    return new Outcome(answer);
  }

  /** An error, likewise. */
  static Outcome error(String body) {
    JsonNode error = tree(body);
    FunctionsSchema.require("error", error);
    return new Outcome(error);
  }

  static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer's state; empty for an error. */
  String state() {
    return body.path("state").asText();
  }

  /** The name that a state machine matches on, without the package; empty for an answer. */
  String error() {
    return body.path("errorType").asText().replaceFirst("^.*\\.", "");
  }

  String message() {
    return body.path("errorMessage").asText();
  }

  String token() {
    return body.path("token").asText();
  }

  String text(String field) {
    return body.path(field).asText();
  }
}
