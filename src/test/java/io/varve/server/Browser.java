package io.varve.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A headless Chromium, which {@code make check-console} names. Notes what a page asks of others
 * than its server, and what its console says. Of one thread.
 */
final class Browser implements AutoCloseable {

  private static final Path AXE = Path.of("src/console/node_modules/axe-core/axe.min.js");
  private static final String RULES =
      "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}";

  /** What a browser says of answers and servers that a page has words of its own for. */
  private static final String MEANT = ".*(status of 4|net::ERR_CONNECTION_REFUSED).*";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final List<String> complaints = new ArrayList<>();

  Browser() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1",
                        "PLAYWRIGHT_NODEJS_PATH",
                        System.getProperty("varve.test.node", "node"))));
    chromium =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(
                        Path.of(System.getProperty("varve.test.chromium", "/usr/bin/chromium")))
                    .setArgs(List.of("--no-sandbox")));
  }

  /** How a person looks at it. */
  record Look(ColorScheme colours, int width, int height) {

    static final Look DESK = new Look(ColorScheme.LIGHT, 1280, 900);
    static final Look NIGHT = new Look(ColorScheme.DARK, 1280, 900);
    static final Look PHONE = new Look(ColorScheme.LIGHT, 390, 800);
  }

  /** A page of its own, with a session of its own; close its context. */
  Page open(String address, Look look) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setColorScheme(look.colours())
                .setViewportSize(look.width(), look.height())
                .setLocale("en-GB")
                .setTimezoneId("UTC"));
    context.onRequest(
        request -> {
          if (!request.url().startsWith(address + "/")) {
            complaints.add("asks " + request.url());
          }
        });
    context.onWebError(error -> complaints.add(error.error()));
    context.onConsoleMessage(
        message -> {
          if (message.type().equals("error") && !message.text().matches(MEANT)) {
            complaints.add(message.text());
          }
        });
    Page page = context.newPage();
    page.setDefaultTimeout(30_000);
    page.navigate(address + "/");
    return page;
  }

  /** What pages have asked of others, and what went wrong in them. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** What axe-core finds against a page as it stands, one line each. */
  static List<String> barriers(Page page) {
    try {
      page.evaluate(Files.readString(AXE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Object found =
        page.evaluate(
            "() => axe.run(document, "
                + RULES
                + ").then(result => JSON.stringify(result.violations.map(violation =>"
                + " violation.id + ': ' + violation.nodes.map(node => node.html).join(' '))))");
    List<String> barriers = new ArrayList<>();
    try {
      for (JsonNode barrier : JSON.readTree((String) found)) {
        barriers.add(barrier.asText());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return barriers;
  }

  /** Where pictures for the documents are wanted, writes one there. */
  static void picture(Page page, String name) {
    Optional.ofNullable(System.getProperty("varve.test.pictures"))
        .filter(folder -> !folder.isEmpty())
        .ifPresent(
            folder ->
                page.screenshot(
                    new Page.ScreenshotOptions().setPath(Path.of(folder, name + ".png"))));
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }
}
