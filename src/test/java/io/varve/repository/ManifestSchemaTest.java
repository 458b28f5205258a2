package io.varve.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.varve.Progress;
import io.varve.backup.Backup;
import io.varve.backup.BackupOptions;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Secret;
import io.varve.mysql.ServerAddress;
import io.varve.mysql.Source;
import io.varve.mysql.TableSelection;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.StoreProbe;
import io.varve.store.Stores;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/manifest.schema.json is true of what is written, and says no to what is not a manifest. */
class ManifestSchemaTest {

  private static final Path SCHEMA = Path.of("docs", "manifest.schema.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static JsonSchema schema = schema();
  private static ObjectNode manifest = JSON.createObjectNode();

  private static JsonSchema schema() {
    try {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(SCHEMA));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void backUp() throws IOException {
    TestServer server = TestServer.shared();
    try (TestSchema shop = server.freshSchema()) {
      shop.execute(
          "CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) CHARACTER"
              + " SET latin1, UNIQUE KEY by_name (name))",
          "INSERT INTO customers (name) VALUES ('Anna'), ('Zoë'), (NULL)",
          "CREATE TABLE orders (code VARCHAR(20) COLLATE utf8mb4_unicode_ci, line INT, customer"
              + " INT, note TEXT, PRIMARY KEY (code, line), FOREIGN KEY (customer) REFERENCES"
              + " customers (id))",
          "INSERT INTO orders WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM"
              + " counter WHERE n < 1000) SELECT CONCAT('c', n), line, 1, REPEAT('word ', 20) FROM"
              + " counter, (SELECT 1 AS line UNION SELECT 2 UNION SELECT 3) AS numbers",
          "CREATE TABLE log (line VARCHAR(100))",
          "INSERT INTO log VALUES ('a'), ('a'), (NULL)",
          "CREATE TABLE nothing_yet (id INT PRIMARY KEY)",
          "CREATE VIEW names AS SELECT name FROM customers",
          "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n",
          "CREATE PROCEDURE forget() DELETE FROM log",
          "CREATE TRIGGER trimmed BEFORE INSERT ON customers FOR EACH ROW SET NEW.name ="
              + " TRIM(NEW.name)",
          "CREATE EVENT rarely ON SCHEDULE EVERY 1 YEAR DISABLE DO CALL forget()");
      manifest = (ObjectNode) JSON.readTree(backUp(server, shop.name()));
    }
  }

  private static byte[] backUp(TestServer server, String schema) throws IOException {
    ConnectionSettings settings =
        ConnectionSettings.of(
                ServerAddress.parse(server.uri()), server.user(), Secret.of(server.password()))
            .withPublicKeyRetrieval();
    BackupOptions options =
        new BackupOptions(
            new TableSelection(List.of(schema), List.of()),
            2,
            BackupOptions.LEAST_PART_BYTES,
            1,
            Optional.empty());
    Clock clock = Clock.systemUTC();
    ObjectStore store = Stores.open(folder.toUri().toString(), S3Options.DEFAULT);
    try (Source source = Source.connect(settings);
        Repository repository =
            Repository.openOrCreate(
                store, () -> StoreProbe.run(store, StoreProbe.Writers.MANY), clock)) {
      SourceRepository shop = repository.source("shop");
      BackupId id = new Backup(source, shop, options, Progress.SILENT, clock).run().id();
      return Files.readAllBytes(folder.resolve(Layout.manifest("shop", id)));
    }
  }

  @Test
  void aManifestThatABackupWroteIsValid() {
    assertThat(schema.validate(manifest)).isEmpty();
  }

  @Test
  void theManifestOfTheTestHasAllThereIsToValidate() {
    assertThat(manifest.findValuesAsText("kind"))
        .contains("full", "function", "procedure", "view", "trigger", "event");
    assertThat(manifest.findValues("lower")).isNotEmpty();
    assertThat(manifest.findValues("sum")).isNotEmpty();
    assertThat(manifest.findValues("foreignKeys")).anyMatch(keys -> !keys.isEmpty());
    assertThat(manifest.findValues("indexes")).anyMatch(indexes -> !indexes.isEmpty());
    assertThat(manifest.findValues("parts")).anyMatch(JsonNode::isEmpty);
  }

  /** A field that a record has and the schema has not would go undocumented. */
  @Test
  void everyFieldOfAManifestIsInTheSchema() throws IOException {
    JsonNode root = JSON.readTree(SCHEMA.toFile());
    assertDescribed(manifest, root, "manifest");
  }

  private static void assertDescribed(JsonNode value, JsonNode described, String where) {
    value
        .fields()
        .forEachRemaining(
            field -> {
              JsonNode property = described.path("properties").path(field.getKey());
              assertThat(property.isObject()).as(where + "." + field.getKey()).isTrue();
              assertDescribed(field.getValue(), property, where + "." + field.getKey());
            });
    if (value.isArray()) {
      value.forEach(item -> assertDescribed(item, described.path("items"), where + "[]"));
    }
  }

  @Test
  void fieldsOfLaterVersionsAreTolerated() {
    ObjectNode later = manifest.deepCopy();
    later.put("color", "blue");
    part(later).put("color", "blue");
    assertThat(schema.validate(later)).isEmpty();
  }

  @Test
  void aFenceIsNoManifest() {
    BackupId id = BackupId.next(Instant.now(), BackupKind.FULL);
    Fence fence = new Fence(1, id, true, id + "-aaaa", Instant.now());
    assertThat(schema.validate(JSON.valueToTree(parsed(Json.write(fence))))).isNotEmpty();
    ObjectNode both = manifest.deepCopy();
    both.put("fence", true);
    assertThat(schema.validate(both)).isNotEmpty();
  }

  private static JsonNode parsed(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aBrokenManifestIsRefused(String fault, Consumer<ObjectNode> breaking) {
    ObjectNode broken = manifest.deepCopy();
    breaking.accept(broken);
    assertThat(broken).as("the fault changes something").isNotEqualTo(manifest);
    assertThat(schema.validate(broken)).isNotEmpty();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("a newer format", manifest -> manifest.put("format", 2)),
        fault("a format in words", manifest -> manifest.put("format", "1")),
        fault("no id", manifest -> manifest.remove("id")),
        fault("an id of another form", manifest -> manifest.put("id", "backup-1")),
        fault("an unknown kind", manifest -> manifest.put("kind", "FULL")),
        fault("an encryption", manifest -> manifest.put("encryption", "rot13")),
        fault("another checksum", manifest -> manifest.put("checksumAlgorithm", "crc32")),
        fault("a source with a slash", manifest -> manifest.put("source", "a/b")),
        fault("a time without a zone", m -> m.put("snapshotTime", "2026-11-20T07:00:00")),
        fault("no tables", manifest -> manifest.remove("tables")),
        fault("an unknown way", m -> object(m, "consistency").put("snapshot", "luck")),
        fault("an unknown flavour", m -> object(m, "server").put("flavour", "oracle")),
        fault("a part outside of its source", m -> part(m).put("key", "../secrets")),
        fault("a part without a checksum", m -> part(m).remove("xor")),
        fault("a checksum in capitals", m -> part(m).put("xor", "ABCDEF0123456789")),
        fault("a short SHA-256", m -> part(m).put("sha256", "abc")),
        fault("a part without rows", m -> part(m).put("rows", 0)),
        fault("a bound that is no list", m -> part(m).put("upper", "7")),
        fault("an unknown encoding", m -> column(m).put("encoding", "base64")),
        fault("an encoding in capitals", m -> column(m).put("encoding", "LONG_BYTES")),
        fault(
            "a table without columns", m -> ((ArrayNode) definition(m).get("columns")).removeAll()),
        fault("a table without a statement", m -> definition(m).put("create", "DROP TABLE t")));
  }

  private static Arguments fault(String name, Consumer<ObjectNode> breaking) {
    return Arguments.of(name, breaking);
  }

  private static ObjectNode object(JsonNode parent, String name) {
    return (ObjectNode) parent.get(name);
  }

  private static ObjectNode definition(ObjectNode manifest) {
    return object(manifest.get("tables").get(0), "definition");
  }

  private static ObjectNode column(ObjectNode manifest) {
    return (ObjectNode) definition(manifest).get("columns").get(0);
  }

  private static ObjectNode part(ObjectNode manifest) {
    return (ObjectNode) manifest.get("tables").get(0).get("parts").get(0);
  }
}
