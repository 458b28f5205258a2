package io.varve.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Target;
import io.varve.mysql.Throttling;
import java.util.Map;

/** Stand-in. */
public record TargetConfiguration(JsonNode node, Map<String, String> environment) {
  public ConnectionSettings settings() {
    return SourceConfiguration.settings(node, environment);
  }

  public int parallel() {
    return node.path("parallel").asInt(2);
  }

  public boolean overwrite() {
    return node.path("overwrite").asBoolean();
  }

  public Target.BinaryLog binaryLog() {
    return Target.BinaryLog.ON;
  }

  public Throttling throttling() {
    return Throttling.NONE;
  }
}
