package io.varve.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.InvalidRequestException;
import java.util.Map;
import java.util.TreeMap;

/** Stand-in until the package proper is merged. */
public record Configuration(
    StoreConfiguration store,
    Map<String, SourceConfiguration> sources,
    Map<String, TargetConfiguration> targets) {

  public static Configuration load(Map<String, String> environment) {
    String document = environment.getOrDefault("VARVE_CONFIG", "");
    try {
      JsonNode root = new ObjectMapper().readTree(document);
      if (!document.startsWith("{")) {
        throw invalid("it is not set", "Set it.");
      }
      Map<String, SourceConfiguration> sources = new TreeMap<>();
      root.path("sources")
          .properties()
          .forEach(
              e -> sources.put(e.getKey(), new SourceConfiguration(e.getValue(), environment)));
      Map<String, TargetConfiguration> targets = new TreeMap<>();
      root.path("targets")
          .properties()
          .forEach(
              e -> targets.put(e.getKey(), new TargetConfiguration(e.getValue(), environment)));
      return new Configuration(new StoreConfiguration(root.path("store")), sources, targets);
    } catch (JsonProcessingException e) {
      throw invalid("it is not JSON", "Write JSON.");
    }
  }

  private static InvalidRequestException invalid(String reason, String hint) {
    return new InvalidRequestException("read", "the configuration", reason, hint);
  }

  public SourceConfiguration source(String name) {
    SourceConfiguration found = sources.get(name);
    if (found == null) {
      throw new InvalidRequestException(
          "use",
          "source " + name,
          "the configuration has none of that name",
          "There is " + sources.keySet() + ".");
    }
    return found;
  }

  public TargetConfiguration target(String name) {
    TargetConfiguration found = targets.get(name);
    if (found == null) {
      throw new InvalidRequestException(
          "use",
          "target " + name,
          "the configuration has none of that name",
          "There is " + targets.keySet() + ".");
    }
    return found;
  }
}
