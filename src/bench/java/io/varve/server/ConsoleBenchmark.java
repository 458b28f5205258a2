package io.varve.server;

import com.microsoft.playwright.Page;
import io.varve.repository.Json;
import io.varve.server.Browser.Look;
import io.varve.testing.Numbers;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the console in a browser on the server's machine, over 10,000 backups: what the browser
 * says of its first paint and of the weight of the page, and how long it is held up while a job is
 * followed. Prints JSON.
 */
public final class ConsoleBenchmark {

  private static final int BACKUPS = Integer.getInteger("varve.bench.backups", 10_000);
  private static final int VISITS = 10;
  private static final int FOLLOWED_MILLIS = 30_000;

  private static final String TRANSFERRED =
      "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)";

  private ConsoleBenchmark() {}

  public static void main(String[] args) throws Exception {
    measure();
    System.exit(0); // the embedded database has threads that do not end
  }

  private static void measure() throws Exception {
    Path folder = Files.createTempDirectory("varve-bench-console-");
    ManyBackups.fill(folder, BACKUPS);
    TestServer database = TestServer.shared();
    try (TestSchema schema = database.freshSchema();
        TestUser user = database.freshUser("ALL PRIVILEGES ON *.*");
        ServerProcess server = ServerProcess.start(environment(folder, database, schema, user));
        Browser browser = new Browser()) {
      schema.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
          "INSERT INTO orders SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
              + Numbers.below(100_000));
      server.get(ShopConfiguration.KEEPER, "/api/v1/sources"); // whoever has been there for a while knows them
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("backups", BACKUPS);
      result.put("overview", visits(browser, server, ""));
      result.put("timeline", visits(browser, server, "#/sources/shop"));
      result.put("longTasksMillis", followed(browser, server));
      System.out.println(Json.line(result));
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }

  private static Map<String, String> environment(
      Path folder, TestServer database, TestSchema schema, TestUser user) {
    return new ShopConfiguration(
            Map.of("location", folder.toUri().toString()),
            "mysql://" + database.host() + ":" + database.port(),
            user.name(),
            user.password())
        .source("include", List.of(schema.name()))
        .source("limitRate", "500K")
        .environment();
  }

  /**
   * Medians over visits of tabs that have been asked for a token: of what was transferred, that is
   * in it too.
   */
  private static Map<String, Object> visits(Browser browser, ServerProcess server, String place) {
    List<Double> painted = new ArrayList<>();
    List<Double> shown = new ArrayList<>();
    double weight = 0;
    for (int i = 0; i < VISITS; i++) {
      Page page = browser.open(server.address(), Look.DESK);
      page.getByLabel("Token").waitFor();
      weight = number(page, TRANSFERRED);
      page.context()
          .addInitScript("sessionStorage.setItem('varve-token', " + Json.line(ShopConfiguration.KEEPER) + ")");
      page.navigate("about:blank");
      page.navigate(server.address() + "/" + place);
      page.locator(place.isEmpty() ? "li.card dd" : ".plots canvas").first().waitFor();
      shown.add(number(page, "performance.now()"));
      painted.add(
          number(page, "performance.getEntriesByName('first-contentful-paint')[0].startTime"));
      weight += number(page, TRANSFERRED);
      page.context().close();
    }
    return Map.of(
        "firstPaintMillis", median(painted), "shownMillis", median(shown), "bytes", weight);
  }

  /** The tasks of more than 50 ms, by the browser's count, while a job is followed. */
  private static List<Object> followed(Browser browser, ServerProcess server) {
    String job =
        server
            .post(ShopConfiguration.KEEPER, "/api/v1/sources/shop/backups", "{\"kind\": \"full\"}")
            .json()
            .path("id")
            .asText();
    Page page = browser.open(server.address(), Look.DESK);
    page.context()
        .addInitScript(
            "sessionStorage.setItem('varve-token', "
                + Json.line(ShopConfiguration.KEEPER)
                + "); window.long = []; new PerformanceObserver(list =>"
                + " window.long.push(...list.getEntries().map(entry => entry.duration)))"
                + ".observe({type: 'longtask', buffered: true})");
    page.navigate("about:blank");
    page.navigate(server.address() + "/#/sources/shop/jobs/" + job);
    page.locator(".how-far").first().waitFor();
    page.waitForTimeout(FOLLOWED_MILLIS);
    @SuppressWarnings("unchecked")
    List<Object> tasks = (List<Object>) page.evaluate("window.long");
    page.context().close();
    return tasks;
  }

  private static double number(Page page, String expression) {
    return ((Number) page.evaluate(expression)).doubleValue();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
