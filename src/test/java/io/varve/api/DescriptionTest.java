package io.varve.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bodies that the API describes are the events that the functions take. */
class DescriptionTest {

  private final JsonNode described =
      read(new ObjectMapper(new YAMLFactory()), "src/main/resources/META-INF/openapi.yaml")
          .at("/components");
  private final JsonNode events =
      read(new ObjectMapper(), "docs/functions.schema.json").path("$defs");

  private static JsonNode read(ObjectMapper mapper, String file) {
    try {
      return mapper.readTree(Path.of(file).toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * @param elsewhere a required field that the server takes from its configuration
   */
  @ParameterizedTest
  @CsvSource({
    "Backup, backup-event, none",
    "Restore, restore-event, none",
    "Drill, drill-event, none",
    "Verify, verify-event, none",
    "Prune, prune-event, keep",
    "Sync, sync-event, none"
  })
  void aBodyHasTheFieldsOfTheEventButThoseThatTheAddressSays(
      String body, String event, String elsewhere) {
    JsonNode request = described.path("schemas").path(body + "Request");
    ObjectNode fields = events.path(event).path("properties").deepCopy();
    fields.remove(List.of("source", "job", "token"));
    assertThat(request.path("properties")).isEqualTo(fields);
    assertThat(request.path("additionalProperties").asBoolean(true)).isFalse();
    TreeSet<String> required = texts(events.path(event).path("required"));
    required.removeAll(List.of("source", elsewhere));
    assertThat(texts(request.path("required"))).isEqualTo(required);
    assertThat(described.at("/requestBodies/" + body + "/required").asBoolean())
        .isEqualTo(!required.isEmpty());
    assertThat(described.at("/requestBodies/" + body + "/content/application~1json/examples"))
        .isNotEmpty();
  }

  private static TreeSet<String> texts(JsonNode list) {
    TreeSet<String> texts = new TreeSet<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
