package io.varve.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/** docs/functions.schema.json. */
final class FunctionsSchema {

  private FunctionsSchema() {}

  static void requireAnswer(JsonNode answer) {
    assertThat(answer.path("job").asText()).isNotEmpty();
  }
}
