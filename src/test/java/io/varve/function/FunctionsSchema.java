package io.varve.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** docs/functions.schema.json, against which tests hold all events and answers that they see. */
final class FunctionsSchema {

  private static final JsonNode FILE = read();
  private static final Map<String, JsonSchema> DEFINITIONS = new HashMap<>();

  private FunctionsSchema() {}

  private static JsonNode read() {
    try {
      return Outcome.tree(Files.readString(Path.of("docs", "functions.schema.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param definition a name in {@code $defs}
   */
  static synchronized Set<ValidationMessage> faults(String definition, JsonNode value) {
    assertThat(FILE.path("$defs").has(definition)).as(definition).isTrue();
    return DEFINITIONS
        .computeIfAbsent(
            definition,
            name ->
                JsonSchemaFactory.getInstance(VersionFlag.V202012)
                    .getSchema(FILE.path("$defs").path(name)))
        .validate(value);
  }

  static void require(String definition, JsonNode value) {
    assertThat(faults(definition, value)).as(definition + " " + value).isEmpty();
  }

  /** What a function has answered to an event. */
  static void requireAnswer(String handler, JsonNode event, JsonNode answer) {
    if (answer.has("errorType")) {
      require("error", answer);
      return;
    }
    require(handler + "-event", event);
    boolean dryRestore = handler.equals("restore") && event.path("dryRun").asBoolean();
    if (answer.path("state").asText().equals("CONTINUE")) {
      require("continue", answer);
    } else if (dryRestore) {
      require(
          event.path("mode").asText().equals("diff") ? "diff-answer" : "restore-plan-answer",
          answer);
    } else {
      require(handler + "-answer", answer);
    }
  }
}
