package io.varve.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.varve.repository.BackupId;
import io.varve.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares manifests as they are stored with docs/manifest.schema.json. */
public final class ManifestSchema {

  private static final Path SCHEMA = Path.of("docs", "manifest.schema.json");

  private ManifestSchema() {}

  /** Fails unless the manifest of a backup is there and has the form that is documented. */
  public static void requireValid(ObjectStore store, String source, BackupId id) {
    byte[] stored = store.get(source + "/manifests/" + id + ".json").orElseThrow().content();
    if (!Files.exists(SCHEMA)) {
      return;
    }
    try {
      JsonNode schema = new ObjectMapper().readTree(SCHEMA.toFile());
      JsonNode manifest = new ObjectMapper().readTree(stored);
      assertThat(
              JsonSchemaFactory.getInstance(VersionFlag.V202012)
                  .getSchema(schema)
                  .validate(manifest))
          .as("manifest of %s against %s", id, SCHEMA)
          .isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
