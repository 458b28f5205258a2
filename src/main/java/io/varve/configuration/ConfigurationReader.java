package io.varve.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.varve.ByteCount;
import io.varve.InvalidRequestException;
import io.varve.Parallelism;
import io.varve.backup.BackupOptions;
import io.varve.configuration.Section.WrongValue;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.ServerAddress;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.mysql.Throttling;
import io.varve.repository.Repository;
import io.varve.store.StoreLocation;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Understands the document: strictly, and saying all that is wrong at once. */
final class ConfigurationReader {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String HINT =
      "docs/configuration.md, sources and targets by name, has every field.";

  private static final Pattern ADDRESS = Pattern.compile("(mysql|mariadb)://[^@/]+/?");
  private static final Pattern ENDPOINT = Pattern.compile("https?://[^@/?#]+/?");

  private static final long LEAST_RATE = 1L << 10;
  private static final int MOST_COMPRESSION = 19;

  private final Map<String, String> environment;
  private final AwsEnvironment aws;

  ConfigurationReader(Map<String, String> environment, AwsEnvironment aws) {
    this.environment = environment;
    this.aws = aws;
  }

  Configuration read(ConfigurationText text) {
    Problems problems = new Problems();
    JsonNode document = parsed(text);
    if (!document.isObject()) {
      throw wrong(text, "it is JSON, but no object");
    }
    Section section = new Section("", document, problems);
    section.require("store");
    Optional<StoreConfiguration> store = section.section("store").flatMap(this::store);
    Map<String, SourceConfiguration> sources = new HashMap<>();
    section
        .sections("sources")
        .forEach((name, each) -> source(name, each).ifPresent(made -> sources.put(name, made)));
    Map<String, TargetConfiguration> targets = new HashMap<>();
    section
        .sections("targets")
        .forEach((name, each) -> target(name, each).ifPresent(made -> targets.put(name, made)));
    ServerConfiguration ofServer =
        section
            .section("server")
            .map(server -> ServerReader.read(server, environment))
            .orElse(ServerConfiguration.DEFAULT);
    section.refuseOthers();
    if (problems.any() || store.isEmpty()) {
      throw wrong(text, problems.text());
    }
    return new Configuration(store.get(), sources, targets, ofServer);
  }

  /** The parser's own words may repeat a value, so they are kept neither as text nor as cause. */
  private static JsonNode parsed(ConfigurationText text) {
    try {
      return MAPPER.readTree(text.json());
    } catch (JsonProcessingException failed) {
      String said = String.valueOf(failed.getOriginalMessage());
      String what = said.startsWith("Duplicate field") ? "a field stands twice" : "it is not JSON";
      throw wrong(
          text,
          what
              + " (line "
              + failed.getLocation().getLineNr()
              + ", column "
              + failed.getLocation().getColumnNr()
              + ")");
    }
  }

  private static InvalidRequestException wrong(ConfigurationText text, String reason) {
    return new InvalidRequestException("use the configuration in", text.origin(), reason, HINT);
  }

  private Optional<StoreConfiguration> store(Section section) {
    section.require("location");
    Optional<String> location = section.text("location", text -> StoreLocation.parse(text).uri());
    Optional<URI> endpoint = section.text("endpoint", ConfigurationReader::endpoint);
    Optional<Boolean> pathStyle = section.flag("pathStyle");
    Optional<String> region = section.text("region");
    Optional<String> storageClass = section.text("storageClass");
    section.refuseOthers();
    return location.map(
        uri -> new StoreConfiguration(uri, endpoint, pathStyle, region, storageClass));
  }

  private static URI endpoint(String text) {
    if (!ENDPOINT.matcher(text).matches()) {
      throw new WrongValue("has to be of the form https://host or http://host:port");
    }
    try {
      return URI.create(text);
    } catch (IllegalArgumentException broken) {
      throw new WrongValue("has to be of the form https://host or http://host:port");
    }
  }

  private Optional<SourceConfiguration> source(String name, Section section) {
    requireName(name, section);
    Optional<ConnectionSettings> settings = settings(section);
    TableSelection selection =
        new TableSelection(section.texts("include"), section.texts("exclude"));
    OptionalInt parallel = section.number("parallel", 1, Parallelism.MOST);
    Optional<Long> partBytes =
        section.text(
            "partSize",
            text -> bytes(text, BackupOptions.LEAST_PART_BYTES, BackupOptions.MOST_PART_BYTES));
    OptionalInt compression = section.number("compressionLevel", 1, MOST_COMPRESSION);
    Optional<SnapshotWay> snapshot = section.text("snapshot", SnapshotWay::parse);
    boolean accounts = section.flag("accounts").orElse(false);
    Throttling throttling = throttling(section);
    var tags = section.texts("tags");
    var schedules = ScheduleReader.read(section);
    section.refuseOthers();
    return settings.map(
        made ->
            new SourceConfiguration(
                made,
                selection,
                parallel.orElseGet(Parallelism::byDefault),
                partBytes.map(OptionalLong::of).orElse(OptionalLong.empty()),
                compression.orElse(1),
                snapshot,
                accounts,
                throttling,
                tags,
                schedules));
  }

  private Optional<TargetConfiguration> target(String name, Section section) {
    requireName(name, section);
    Optional<ConnectionSettings> settings = settings(section);
    OptionalInt parallel = section.number("parallel", 1, Parallelism.MOST);
    boolean overwrite = section.flag("overwrite").orElse(false);
    boolean silent = section.flag("noBinaryLog").orElse(false);
    Throttling throttling = throttling(section);
    section.refuseOthers();
    return settings.map(
        made ->
            new TargetConfiguration(
                made,
                parallel.orElseGet(Parallelism::byDefault),
                overwrite,
                silent ? Target.BinaryLog.OFF : Target.BinaryLog.ON,
                throttling));
  }

  private static void requireName(String name, Section section) {
    if (!Repository.isSourceName(name)) {
      section.refuse(
          "has a name of other characters than letters, digits, dot, hyphen and underscore, or of"
              + " more than 100");
    }
  }

  private Optional<ConnectionSettings> settings(Section section) {
    section.require("address", "credentials");
    Optional<ServerAddress> address = section.text("address", ConfigurationReader::address);
    ServerLogin login = new ServerLogin(section, address, environment, aws);
    return address.flatMap(
        server ->
            login
                .credentials()
                .map(from -> ConnectionSettings.of(server, from).withTls(login.tls())));
  }

  private static ServerAddress address(String text) {
    if (text.contains("@")) {
      throw new WrongValue("names a user, who belongs into credentials");
    }
    if (!ADDRESS.matcher(text).matches()) {
      throw new WrongValue("has to be of the form mysql://host:port");
    }
    return ServerAddress.parse(text);
  }

  private static Throttling throttling(Section section) {
    Optional<Long> rate =
        section.text("limitRate", text -> bytes(text, LEAST_RATE, Long.MAX_VALUE));
    return new Throttling(
        rate.map(OptionalLong::of).orElse(OptionalLong.empty()),
        section.number("maxThreadsRunning", 0, Integer.MAX_VALUE));
  }

  private static long bytes(String text, long least, long most) {
    long bytes =
        ByteCount.parse(text).orElseThrow(() -> new WrongValue("has to be a size, such as 16M"));
    if (bytes < least) {
      throw new WrongValue("has to be at least " + (least >> 10) + "K");
    }
    if (bytes > most) {
      throw new WrongValue("has to be at most " + (most >> 20) + "M");
    }
    return bytes;
  }
}
