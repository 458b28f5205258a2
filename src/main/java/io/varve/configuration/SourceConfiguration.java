package io.varve.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Secret;
import io.varve.mysql.ServerAddress;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Throttling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Stand-in. */
public record SourceConfiguration(JsonNode node, Map<String, String> environment) {
  static ConnectionSettings settings(JsonNode node, Map<String, String> environment) {
    JsonNode login = node.path("credentials");
    return ConnectionSettings.of(
            ServerAddress.parse(node.path("address").asText()),
            login.path("user").asText(),
            Secret.of(environment.getOrDefault(login.path("passwordVariable").asText(), "")))
        .withPublicKeyRetrieval();
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText()));
    return words;
  }

  public ConnectionSettings settings() {
    return settings(node, environment);
  }

  public TableSelection selection() {
    return new TableSelection(words(node.path("include")), words(node.path("exclude")));
  }

  public int parallel() {
    return node.path("parallel").asInt(2);
  }

  public OptionalLong partBytes() {
    return size("partSize");
  }

  private OptionalLong size(String name) {
    return node.has(name)
        ? OptionalLong.of(
            Long.parseLong(node.get(name).asText().replaceAll("[KM]", ""))
                << (node.get(name).asText().endsWith("M") ? 20 : 10))
        : OptionalLong.empty();
  }

  public int compressionLevel() {
    return 1;
  }

  public Optional<SnapshotWay> snapshotWay() {
    return Optional.empty();
  }

  public boolean accounts() {
    return false;
  }

  public Throttling throttling() {
    return new Throttling(size("limitRate"), OptionalInt.empty());
  }

  public List<String> tags() {
    return words(node.path("tags"));
  }
}
