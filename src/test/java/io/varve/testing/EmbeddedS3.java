package io.varve.testing;

import io.varve.store.S3Credentials;
import io.varve.store.S3Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3 server for tests: Adobe's S3Mock as a child process, with a port and a folder of its own.
 *
 * <p>{@link #shared()} is one server for the whole test JVM; the variables {@code
 * VARVE_TEST_S3_ENDPOINT}, {@code VARVE_TEST_S3_ACCESS_KEY} and {@code VARVE_TEST_S3_SECRET_KEY}
 * let it be another one (MinIO, Versity Gateway...). A test takes a bucket of its own by {@link
 * #newBucket}.
 */
public final class EmbeddedS3 implements AutoCloseable {

  private static final String CLASS_ARCHIVE = "s3mock.jsa";
  private static final Duration LONGEST_START = Duration.ofSeconds(90);

  private static @Nullable EmbeddedS3 shared;
  private static @Nullable EmbeddedS3 sharedMock;

  private final URI endpoint;
  private final S3Credentials credentials;
  private final @Nullable Child child;

  /**
   * @param front S3Mock looks whether a precondition holds and then writes, and lets others in
   *     between (several of 12 racing creators were told they had won), so what AWS and the other
   *     stores guarantee is added in front of it
   */
  private record Child(Process process, Path folder, Path program, FaultyProxy front) {}

  private EmbeddedS3(URI endpoint, S3Credentials credentials, @Nullable Child child) {
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.child = child;
  }

  /** Started at the first call, stopped when the JVM ends; not to be closed. */
  public static synchronized EmbeddedS3 shared() {
    if (shared == null) {
      String endpoint = System.getenv("VARVE_TEST_S3_ENDPOINT");
      shared = endpoint == null || endpoint.isBlank() ? sharedMock() : external(endpoint);
    }
    return shared;
  }

  /**
   * S3Mock whatever the variables say, for tests in which a proxy changes signed requests: it
   * checks no signature.
   */
  public static synchronized EmbeddedS3 sharedMock() {
    if (sharedMock == null) {
      EmbeddedS3 started = start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::close, "embedded-s3-stop"));
      sharedMock = started;
    }
    return sharedMock;
  }

  /** A server that answers at the given address already; close() leaves it alone. */
  public static EmbeddedS3 at(URI endpoint, String accessKey, String secretKey) {
    return new EmbeddedS3(endpoint, S3Credentials.of(accessKey, secretKey), null);
  }

  private static EmbeddedS3 external(String endpoint) {
    Map<String, String> environment = System.getenv();
    return at(
        URI.create(endpoint),
        environment.getOrDefault("VARVE_TEST_S3_ACCESS_KEY", "minioadmin"),
        environment.getOrDefault("VARVE_TEST_S3_SECRET_KEY", "minioadmin"));
  }

  /** A server of one's own; close it. */
  public static EmbeddedS3 start() {
    try {
      Path folder = Files.createTempDirectory("varve-s3-");
      Path program = unpacked();
      int port = FreePort.find();
      Process process =
          new ProcessBuilder(
                  List.of(
                      javaProgram().toString(),
                      "-XX:TieredStopAtLevel=1",
                      "-XX:+UseSerialGC",
                      "-Xmx384m",
                      "-Dcom.adobe.testing.s3mock.store.root=" + folder.resolve("root"),
                      "-Dcom.adobe.testing.s3mock.max-payload-size=256MB",
                      classArchiveFlag(program, folder),
                      "-jar",
                      program.toString(),
                      "--server.port=0",
                      "--http.port=" + port))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      FaultyProxy front = FaultyProxy.standingBefore(URI.create("http://127.0.0.1:" + port));
      front.on(FaultyProxy.any()).oneAtATime();
      EmbeddedS3 server =
          new EmbeddedS3(
              front.endpoint(),
              S3Credentials.of("test", "test"),
              new Child(process, folder, program, front));
      server.awaitAnswer(process, folder.resolve("log"));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Unpacked and with an archive of its classes, it starts in half the time. A run that finds no
   * archive writes one at its end, to where no other run looks: a JVM that maps half an archive
   * crashes.
   */
  private static String classArchiveFlag(Path program, Path folder) {
    Path archive = program.resolveSibling(CLASS_ARCHIVE);
    return Files.exists(archive)
        ? "-XX:SharedArchiveFile=" + archive
        : "-XX:ArchiveClassesAtExit=" + folder.resolve(CLASS_ARCHIVE);
  }

  private static void keepClassArchive(Child child) {
    Path archive = child.folder().resolve(CLASS_ARCHIVE);
    if (!Files.exists(archive)) {
      return;
    }
    try {
      // Across file systems, then at once: the temporary folder may be on another one.
      Path near = Files.createTempFile(child.program().getParent(), "archive-", "");
      Files.copy(archive, near, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          near,
          child.program().resolveSibling(CLASS_ARCHIVE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path unpacked() throws IOException {
    Path jar = Path.of("target", "embedded", "s3mock.jar").toAbsolutePath();
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          jar + " is missing: run ./mvnw process-test-resources, which copies it there");
    }
    Path folder = jar.resolveSibling("s3mock-" + Files.size(jar));
    Path program = folder.resolve("s3mock.jar");
    if (!Files.exists(program)) {
      Path fresh = Files.createTempDirectory(jar.getParent(), "unpacking-");
      unpack(jar, fresh);
      try {
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) { // not always a special one
        delete(fresh);
        if (!Files.exists(program)) {
          throw e;
        }
        // another test JVM was faster
      }
    }
    return program;
  }

  private static void unpack(Path jar, Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                javaProgram().toString(),
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--force",
                "--destination",
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IllegalStateException("S3Mock could not be unpacked:\n" + words);
    }
  }

  private static Path javaProgram() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private void awaitAnswer(Process process, Path log) throws IOException {
    Instant deadline = Instant.now().plus(LONGEST_START);
    while (!answers()) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        String words = Files.readString(log);
        close();
        throw new IllegalStateException("S3Mock did not start:\n" + words);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        close();
        throw new IllegalStateException("interrupted while S3Mock started", e);
      }
    }
  }

  private boolean answers() {
    try {
      HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection();
      connection.setConnectTimeout(1000);
      connection.setReadTimeout(20_000);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }

  public URI endpoint() {
    return endpoint;
  }

  /** Whether this is S3Mock, with its weaknesses. */
  public boolean isMock() {
    return child != null;
  }

  public S3Credentials credentials() {
    return credentials;
  }

  /** Options with which {@link io.varve.store.Stores#open} reaches this server. */
  public S3Options options() {
    return S3Options.DEFAULT.withEndpoint(endpoint).withCredentials(credentials);
  }

  /** The store of a configuration that lies here. */
  public Map<String, ?> configured(String location) {
    return Map.of(
        "location",
        location,
        "endpoint",
        endpoint.toString(),
        "pathStyle",
        true,
        "region",
        "us-east-1");
  }

  /** Makes an empty bucket whose name begins with the given one, and returns its name. */
  public String newBucket(String name) {
    String bucket = name + "-" + UUID.randomUUID().toString().substring(0, 8);
    try (S3Client client = client()) {
      client.createBucket(create -> create.bucket(bucket));
    }
    return bucket;
  }

  /** A plain client of the SDK, to look at the server past Varve's own code; close it. */
  public S3Client client() {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(credentials.accessKey(), credentials.secretKey())))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  @Override
  public void close() {
    if (child == null) {
      return;
    }
    child.front().close();
    child.process().destroy(); // not by force: its first run writes the archive of its classes now
    try {
      child.process().onExit().get(10, TimeUnit.SECONDS);
      keepClassArchive(child);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      child.process().destroyForcibly().onExit().join();
    }
    delete(child.folder());
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
