package io.varve.server;

import io.varve.repository.BackupId;
import io.varve.repository.Json;
import io.varve.store.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Measures {@code varve serve} from another process, over a repository of 10,000 backups: from its
 * start to readiness, its memory while idle, and how long answers take while 50 clients ask.
 *
 * <p>Arguments: the command of the program. Prints JSON.
 */
public final class ServerBenchmark {

  private static final int BACKUPS = Integer.getInteger("varve.bench.backups", 10_000);
  private static final int CLIENTS = Integer.getInteger("varve.bench.clients", 50);
  private static final int STARTS = Integer.getInteger("varve.bench.starts", 20);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration LOAD =
      Duration.ofSeconds(Integer.getInteger("varve.bench.seconds", 30));
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final String TOKEN = "token of the benchmark";
  private static final Pattern LISTENING = Pattern.compile("Listening on: (http://[0-9.:]+)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");

  private final List<String> command;
  private final Path folder;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ServerBenchmark(List<String> command, Path folder) {
    this.command = command;
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("varve-bench-server-");
    ServerBenchmark benchmark = new ServerBenchmark(List.of(args), folder);
    try {
      System.out.println(Json.line(benchmark.run()));
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }

  private Map<String, Object> run() throws Exception {
    List<BackupId> ids = ManyBackups.fill(folder.resolve("store"), BACKUPS);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("program", String.join(" ", command));
    result.put("backups", ids.size());
    result.put("startMillis", percentiles(starts()));
    Process process = start();
    try {
      String address = address(process);
      awaitReady(address);
      Thread.sleep(IDLE);
      result.put("idleMegabytes", megabytes(process));
      long begun = System.nanoTime();
      ask(address, "/api/v1/sources", "");
      result.put("firstLookMillis", (System.nanoTime() - begun) / 1e6);
      makeJobs(address, ids);
      load(address, ids, WARM_UP);
      result.put("clients", CLIENTS);
      result.put("answers", load(address, ids, LOAD));
      Thread.sleep(IDLE);
      result.put("megabytesAfterLoad", megabytes(process));
    } finally {
      process.destroyForcibly().waitFor();
    }
    return result;
  }

  private Process start() throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("serve", "--http-port", "0"));
    ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
    String hash =
        HexFormat.of().formatHex(Sha256.of(TOKEN.getBytes(StandardCharsets.UTF_8)));
    Map<String, ?> token = Map.of("sha256", hash, "roles", List.of("backup", "restore"));
    Map<String, ?> source =
        Map.of(
            "address",
            "mysql://127.0.0.1:1",
            "credentials",
            Map.of("user", "nobody", "passwordVariable", "PASSWORD"));
    builder
        .environment()
        .putAll(
            Map.of(
                "PASSWORD",
                "none",
                "VARVE_CONFIG",
                Json.line(
                    Map.of(
                        "store",
                        Map.of("location", folder.resolve("store").toUri().toString()),
                        "sources",
                        Map.of("shop", source),
                        "server",
                        Map.of("tokens", Map.of("bench", token))))));
    Path log = Files.createTempFile(folder, "server", ".log");
    builder.redirectOutput(log.toFile());
    Process process = builder.start();
    LOGS.put(process.pid(), log);
    return process;
  }

  private static final Map<Long, Path> LOGS = new ConcurrentHashMap<>();

  private static String address(Process process) throws Exception {
    Path log = LOGS.get(process.pid());
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      Matcher matcher = LISTENING.matcher(Files.readString(log));
      if (matcher.find()) {
        return matcher.group(1);
      }
      Thread.sleep(1);
    }
    throw new IllegalStateException("the server does not listen: " + Files.readString(log));
  }

  private void awaitReady(String address) throws Exception {
    while (ask(address, "/q/health/ready", "").statusCode() != 200) {
      Thread.sleep(1);
    }
  }

  private List<Double> starts() throws Exception {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      long begun = System.nanoTime();
      Process process = start();
      try {
        awaitReady(address(process));
        millis.add((System.nanoTime() - begun) / 1e6);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    return millis;
  }

  private static double megabytes(Process process) throws IOException {
    Matcher matcher =
        RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
    if (!matcher.find()) {
      throw new IllegalStateException("no VmRSS");
    }
    return Long.parseLong(matcher.group(1)) / 1024.0;
  }

  private HttpResponse<String> ask(String address, String path, String tag) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(LONGEST_START)
            .header("Authorization", "Bearer " + TOKEN);
    if (!tag.isEmpty()) {
      request.header("If-None-Match", tag);
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Some jobs that are done. */
  private void makeJobs(String address, List<BackupId> ids) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address + "/api/v1/sources/shop/verifications"))
              .header("Authorization", "Bearer " + TOKEN)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"backup\": \"" + ids.get(i) + "\"}"))
              .build();
      HttpResponse<String> begun = send(request);
      if (begun.statusCode() != 202) {
        throw new IllegalStateException(begun.body());
      }
    }
    while (!isQuiet(ask(address, "/api/v1/sources/shop/jobs", "").body())) {
      Thread.sleep(200);
    }
  }

  private static boolean isQuiet(String jobs) {
    return !jobs.contains("\"state\" : \"running\"") && !jobs.contains("\"state\" : \"ending\"");
  }

  private record Question(String name, String path, boolean isKnown, int status) {}

  /** Percentiles of milliseconds, of all answers and of each kind. */
  private Map<String, Object> load(String address, List<BackupId> ids, Duration duration)
      throws InterruptedException {
    Map<String, ConcurrentLinkedQueue<Double>> millis = new ConcurrentHashMap<>();
    String shop = "/api/v1/sources/shop";
    long end = System.nanoTime() + duration.toNanos();
    List<Thread> clients =
        IntStream.range(0, CLIENTS)
            .mapToObj(
                number ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              for (int i = number; System.nanoTime() < end; i++) {
                                BackupId id = ids.get(Math.floorMod(i * 7_919, ids.size()));
                                measure(address, questions(shop, id).get(i % 7), millis);
                              }
                            }))
            .toList();
    for (Thread each : clients) {
      each.join();
    }
    Map<String, Object> result = new LinkedHashMap<>();
    List<Double> all = new ArrayList<>();
    millis.forEach((name, values) -> all.addAll(values));
    result.put("all", percentiles(all));
    result.put("perSecond", all.size() / (double) duration.toSeconds());
    millis.forEach((name, values) -> result.put(name, percentiles(List.copyOf(values))));
    return result;
  }

  private static List<Question> questions(String shop, BackupId id) {
    return List.of(
        new Question("first page", shop + "/backups", false, 200),
        new Question("later page", shop + "/backups?after=" + id, false, 200),
        new Question("backup", shop + "/backups/" + id, false, 200),
        new Question("backup with ETag", shop + "/backups/" + id, true, 304),
        new Question("jobs", shop + "/jobs", false, 200),
        new Question("source", shop, false, 200),
        new Question("sources", "/api/v1/sources", false, 200));
  }

  private static final Map<String, String> TAGS = new ConcurrentHashMap<>();

  private void measure(
      String address, Question question, Map<String, ConcurrentLinkedQueue<Double>> millis) {
    String tag =
        question.isKnown()
            ? TAGS.computeIfAbsent(
                question.path(),
                path -> ask(address, path, "").headers().firstValue("ETag").orElseThrow())
            : "";
    long begun = System.nanoTime();
    int status = ask(address, question.path(), tag).statusCode();
    if (status != question.status()) {
      throw new IllegalStateException(question + " was answered " + status);
    }
    millis
        .computeIfAbsent(question.name(), name -> new ConcurrentLinkedQueue<>())
        .add((System.nanoTime() - begun) / 1e6);
  }

  private static Map<String, Object> percentiles(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("count", sorted.length);
    result.put("p50", at(sorted, 0.5));
    result.put("p99", at(sorted, 0.99));
    result.put("most", Arrays.stream(sorted).max().orElse(0));
    return result;
  }

  private static double at(double[] sorted, double share) {
    return sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
