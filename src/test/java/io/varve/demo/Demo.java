package io.varve.demo;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.varve.testing.EmbeddedS3;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A shop in a real database is backed up into a real S3 endpoint and restored beside itself by the
 * real command line; it changes, and so do the backups and the copy; then the server compares the
 * two. Run by {@code make demo}.
 */
public final class Demo {

  private static final String USER = "demo";
  private static final String PASSWORD = "demo-password";

  private final Path varve;
  private final TestServer server;
  private final String store;
  private final Map<String, String> environment;

  private Demo(Path varve, TestServer server, EmbeddedS3 s3) {
    this.varve = varve;
    this.server = server;
    this.store = "s3://" + s3.newBucket("demo") + "/backups";
    this.environment =
        Map.of(
            "AWS_ENDPOINT_URL_S3",
            s3.endpoint().toString(),
            "AWS_REGION",
            "us-east-1",
            "AWS_ACCESS_KEY_ID",
            s3.credentials().accessKey(),
            "AWS_SECRET_ACCESS_KEY",
            s3.credentials().secretKey(),
            "VARVE_SOURCE_PASSWORD",
            PASSWORD,
            "VARVE_TARGET_PASSWORD",
            PASSWORD);
  }

  /** Takes the program to show; ends with 0 when the restored shop is the source, bit for bit. */
  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    AtomicBoolean interrupted = new AtomicBoolean();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endChildren(interrupted)));
    boolean identical;
    try {
      identical = show(Path.of(arguments[0]));
    } catch (Exception | LinkageError failure) {
      if (interrupted.get()) {
        return; // it is the end of the children that was noticed
      }
      throw failure;
    }
    System.exit(identical ? 0 : 1);
  }

  /** Also those that are only just starting. */
  private static void endChildren(AtomicBoolean interrupted) {
    interrupted.set(true);
    List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
    children.forEach(ProcessHandle::destroy);
    children.forEach(child -> child.onExit().completeOnTimeout(child, 10, SECONDS).join());
  }

  private static boolean show(Path varve) throws Exception {
    Instant started = Instant.now();
    Stopwatch starting = Stopwatch.of("Starting a database and a store");
    CompletableFuture<EmbeddedS3> store = CompletableFuture.supplyAsync(EmbeddedS3::shared);
    TestServer server = TestServer.shared();
    EmbeddedS3 s3 = store.join();
    starting.done(
        "%s on port %d, S3 on %s".formatted(server.version(), server.port(), s3.endpoint()));

    boolean identical = new Demo(varve, server, s3).run();
    System.out.printf(
        "%n%s in %.1f s.%n",
        identical ? "The restored shop is identical: done" : "FAILED", seconds(started));
    return identical;
  }

  private boolean run() throws Exception {
    Stopwatch making = Stopwatch.of("Making a shop");
    server.execute(
        "CREATE USER %s@'%%' IDENTIFIED BY '%s'".formatted(USER, PASSWORD),
        "GRANT ALL ON *.* TO %s@'%%'".formatted(USER));
    Shop.open(server);
    making.done("schema shop");
    try {
      return backUpAndRestore();
    } finally {
      server.execute(
          "DROP DATABASE shop", "DROP DATABASE IF EXISTS shop_copy", "DROP USER " + USER + "@'%'");
    }
  }

  private boolean backUpAndRestore() throws Exception {
    String address = "mysql://%s@%s:%d".formatted(USER, server.host(), server.port());
    String copy = "shop=shop_copy";
    boolean copied =
        varve("backup", "--store", store, "--source", address, "--include", "shop.*")
            && varve("restore", "--store", store, "--target", address, "--rename", copy);
    if (!copied) {
      return false;
    }
    sql(
        "UPDATE shop.products SET price = price * 1.05 WHERE category_id = 17",
        "UPDATE shop.orders SET status = 'shipped' WHERE status = 'paid' AND id > 49500",
        "DELETE FROM shop.order_items WHERE order_id = 4711");
    return varve(
            "backup", "--store", store, "--source", address, "--include", "shop.*", "--incremental")
        && varve("list", "--store", store)
        && varve(
            "restore", "--store", store, "--target", address, "--rename", copy, "--mode", "diff")
        && varve("verify", "--store", store, "--read-data")
        && compare();
  }

  /** Changes the shop. */
  private void sql(String... statements) {
    System.out.println();
    for (String statement : statements) {
      System.out.printf("sql> %s;%n", statement);
      server.execute(statement);
    }
  }

  /** Runs the command line as a user would, its output going where this program's goes. */
  private boolean varve(String... arguments) throws IOException, InterruptedException {
    System.out.printf("%n$ varve %s%n", quoted(arguments));
    System.out.flush();
    List<String> command = new ArrayList<>(List.of(varve.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    if (code != 0) {
      System.out.printf("varve %s ended with exit code %d.%n", arguments[0], code);
    }
    return code == 0;
  }

  private static String quoted(String... arguments) {
    List<String> words = new ArrayList<>();
    for (String argument : arguments) {
      words.add(argument.contains("*") ? "'" + argument + "'" : argument);
    }
    return String.join(" ", words);
  }

  private boolean compare() throws SQLException {
    System.out.printf("%nThe server compares shop with shop_copy, every column byte for byte:%n");
    List<Comparison.Verdict> verdicts;
    try (Connection connection = server.connect()) {
      verdicts = new Comparison(connection, "shop", "shop_copy").compare();
    }
    for (Comparison.Verdict verdict : verdicts) {
      System.out.printf(
          "  %-14s %,9d rows  %s%n",
          verdict.name(), verdict.rows(), verdict.identical() ? "identical" : "DIFFERENT");
    }
    System.out.printf(
        "  %-14s %,9d rows%n",
        "all tables",
        verdicts.stream().filter(v -> !v.view()).mapToLong(Comparison.Verdict::rows).sum());
    return verdicts.stream().allMatch(Comparison.Verdict::identical);
  }

  private static double seconds(Instant since) {
    return Duration.between(since, Instant.now()).toMillis() / 1_000.0;
  }

  /** Says what begins, and how long it took. */
  private record Stopwatch(Instant started) {

    static Stopwatch of(String what) {
      System.out.print(what + " ... ");
      System.out.flush();
      return new Stopwatch(Instant.now());
    }

    void done(String result) {
      System.out.printf("%s (%.1f s)%n", result, seconds(started));
    }
  }
}
