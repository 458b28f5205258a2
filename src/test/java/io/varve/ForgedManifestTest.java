package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.varve.testing.CommandLineRun;
import io.varve.testing.FolderCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest by somebody who knows the format, and whose summary agrees with it. */
class ForgedManifestTest {

  private static final Path KEPT =
      Path.of("src/test/resources/repositories/0.1-mariadb/repository");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  ForgedManifestTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whateverFieldIsMissingOrOfAnotherKindIsNamedAsDamageOrNotNeeded() throws IOException {
    FolderCopy.of(KEPT, folder);
    Path manifest;
    try (Stream<Path> files = Files.list(folder.resolve("kept/manifests"))) {
      manifest = files.findFirst().orElseThrow();
    }
    String id = manifest.getFileName().toString().replace(".json", "");
    Files.delete(folder.resolve("kept/summaries/" + id + ".json")); // it would tell
    JsonNode whole = JSON.readTree(manifest.toFile());
    int refused = 0;
    for (Consumer<JsonNode> forgery : forgeries(whole)) {
      JsonNode forged = whole.deepCopy();
      forgery.accept(forged);
      Files.write(manifest, JSON.writeValueAsBytes(forged));
      CommandLineRun run = CommandLineRun.of("show", id, "--store=" + folder.toUri());
      assertThat(run.exitCode()).as(forgery + ": " + run.text()).isIn(0, 3, 4);
      refused += run.exitCode() == 4 ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(CommandLineRun.of("list", "--store=" + folder.toUri()).exitCode()).isZero();
  }

  /** Of the first of each list, each field: missing, nothing, a text, a number, a list. */
  private static List<Consumer<JsonNode>> forgeries(JsonNode whole) {
    List<Consumer<JsonNode>> forgeries = new ArrayList<>();
    for (String field : fields("", whole)) {
      for (@Nullable JsonNode value :
          Arrays.asList(
              null,
              NullNode.instance,
              TextNode.valueOf("?"),
              IntNode.valueOf(-1),
              JSON.createArrayNode().addNull())) {
        forgeries.add(
            new Consumer<>() {
              @Override
              public void accept(JsonNode manifest) {
                JsonPointer pointer = JsonPointer.compile(field);
                if (manifest.at(pointer.head()) instanceof ObjectNode object) {
                  String name = pointer.last().getMatchingProperty();
                  if (value == null) {
                    object.remove(name);
                  } else {
                    object.set(name, value);
                  }
                } else if (manifest.at(pointer.head()) instanceof ArrayNode array) {
                  array.set(0, value);
                }
              }

              @Override
              public String toString() {
                return field + " = " + value;
              }
            });
      }
    }
    return forgeries;
  }

  private static List<String> fields(String path, JsonNode node) {
    List<String> fields = new ArrayList<>();
    if (node.isArray() && !node.isEmpty()) {
      fields.add(path + "/0");
      fields.addAll(fields(path + "/0", node.get(0)));
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = path + "/" + field.getKey();
      fields.add(name);
      fields.addAll(fields(name, field.getValue()));
    }
    return fields;
  }
}
