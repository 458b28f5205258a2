package io.varve.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import java.net.URI;

/** Stand-in. */
public record StoreConfiguration(JsonNode node) {
  public ObjectStore open() {
    S3Options options = S3Options.DEFAULT;
    if (node.has("endpoint")) {
      options = options.withEndpoint(URI.create(node.get("endpoint").asText()));
    }
    return Stores.open(node.path("location").asText(), options);
  }
}
