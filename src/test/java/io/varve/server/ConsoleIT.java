package io.varve.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.varve.repository.Json;
import io.varve.server.Browser.Look;
import io.varve.testing.Numbers;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console as people use it: a browser, the packaged server, and backups of a real database. */
@Tag("console")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {

  private static final String ALL = "all-3bd09e4f";
  private static final String READER = "reader-5f0c1f7e";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final LocatorAssertions.IsVisibleOptions AFTER_WORK =
      new LocatorAssertions.IsVisibleOptions().setTimeout(LONGEST_WAIT.toMillis());
  private static final LocatorAssertions.ContainsTextOptions SAID_AFTER_WORK =
      new LocatorAssertions.ContainsTextOptions().setTimeout(LONGEST_WAIT.toMillis());

  @TempDir private static Path folder;

  private final TestServer database = TestServer.shared();
  private final TestSchema schema = database.freshSchema();
  private final TestSchema copy = database.freshSchema();
  private final TestUser user = database.freshUser("ALL PRIVILEGES ON *.*");
  private final Browser browser = new Browser();
  private ServerProcess server;

  @BeforeAll
  void backUpTwice() {
    PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
    schema.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n, CONCAT(SHA2(n, 512), SHA2(-n, 512)) FROM "
            + Numbers.below(8_000),
        "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(100)) ENGINE=InnoDB",
        "INSERT INTO customers SELECT n, SHA2(n, 256) FROM " + Numbers.below(2_000),
        "CREATE TABLE reviews (id INT PRIMARY KEY, stars INT) ENGINE=InnoDB",
        "INSERT INTO reviews SELECT n, n % 5 FROM " + Numbers.below(500),
        "CREATE VIEW best AS SELECT id FROM reviews WHERE stars = 4");
    copy.execute("DROP DATABASE " + copy.name());
    server = ServerProcess.start(environment(folder.resolve("store"), Map.of()));
    backUp("full");
    schema.execute("UPDATE orders SET v = 'changed' WHERE id < 40");
    backUp("incremental");
    String failed =
        server.post(ALL, "/api/v1/sources/billing/backups", "{}").json().path("id").asText();
    await("billing", failed, "failed");
  }

  private void backUp(String kind) {
    String job =
        server
            .post(ALL, "/api/v1/sources/shop/backups", "{\"kind\": \"" + kind + "\"}")
            .json()
            .path("id")
            .asText();
    await("shop", job, "done");
  }

  private void await(String source, String job, String state) {
    server.await(
        ALL,
        "/api/v1/sources/" + source + "/jobs/" + job,
        answer -> answer.path("state").asText().equals(state));
  }

  @AfterAll
  void close() {
    browser.close();
    server.close();
    schema.close();
    copy.close();
    user.close();
  }

  /**
   * @param more tokens
   */
  private Map<String, String> environment(Path store, Map<String, ?> more) {
    Instant later = Instant.now().plus(Duration.ofDays(1));
    String address = "mysql://" + database.host() + ":" + database.port();
    Map<String, ?> credentials = Map.of("user", user.name(), "passwordVariable", "PASSWORD");
    Map<String, Object> shop = new HashMap<>();
    shop.put("address", address);
    shop.put("credentials", credentials);
    shop.put("include", List.of(schema.name()));
    shop.put("partSize", "64K");
    shop.put(
        "schedules",
        Map.of(
            "full",
            Map.of("cron", "30 2 1 1 *"),
            "verify",
            Map.of("cron", "0 6 2 1 *", "timeZone", "Europe/Berlin")));
    Map<String, Object> slow = new HashMap<>(shop);
    slow.put("limitRate", "20K");
    Map<String, Object> away = new HashMap<>(shop);
    away.put("credentials", Map.of("user", "nobody", "passwordVariable", "PASSWORD"));
    Map<String, Object> tokens = new HashMap<>(more);
    tokens.put("on-call", ShopConfiguration.entry(ALL, later, "backup", "restore"));
    tokens.put("dashboard", ShopConfiguration.entry(READER, later, "read"));
    Map<String, ?> target = Map.of("address", address, "credentials", credentials);
    Map<String, Object> overwritten = new HashMap<>(target);
    overwritten.put("overwrite", true);
    return Map.of(
        "VARVE_CONFIG",
        Json.line(
            Map.of(
                "store",
                Map.of("location", store.toUri().toString()),
                "sources",
                Map.of("shop", shop, "archive", slow, "billing", away),
                "targets",
                Map.of("scratch", target, "standby", overwritten),
                "server",
                Map.of("tokens", tokens))),
        "PASSWORD",
        user.password());
  }

  private Page open(Look look, String place) {
    return open(server, look, place);
  }

  private Page open(ServerProcess other, Look look, String place) {
    Page page = browser.open(other.address(), look);
    signIn(page, ALL);
    page.navigate(other.address() + "/#" + place);
    return page;
  }

  private static void signIn(Page page, String token) {
    page.getByLabel("Token").fill(token);
    page.keyboard().press("Enter");
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator heading(Page page, String text) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
  }

  private void isClean(Page page) {
    assertThat(Browser.barriers(page)).as(page.url()).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aTokenIsAskedForAndKeptForTheTabOnly() {
    Page page = browser.open(server.address(), Look.DESK);
    isClean(page);
    signIn(page, "guessed");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("does not know this token");
    signIn(page, READER);
    assertThat(heading(page, "source")).isVisible();
    page.reload();
    assertThat(heading(page, "source")).isVisible();
    Page other = page.context().newPage();
    other.navigate(server.address() + "/");
    assertThat(other.getByLabel("Token")).isVisible();
    assertThat(page.evaluate("() => localStorage.length + document.cookie.length")).isEqualTo(0);
    page.navigate(server.address() + "/#/sources/shop");
    assertThat(heading(page, "Backups")).isVisible();
    assertThat(page.getByText("Restore …")).hasCount(0); // a reader may not
    page.context().close();
  }

  @Test
  void anExpiredTokenIsAskedForAgain() {
    Map<String, ?> brief =
        Map.of(
            "brief", ShopConfiguration.entry("brief-token", Instant.now().plusSeconds(30), "read"));
    try (ServerProcess other = ServerProcess.start(environment(folder.resolve("store"), brief))) {
      Page page = browser.open(other.address(), Look.DESK);
      signIn(page, "brief-token");
      assertThat(heading(page, "source")).isVisible();
      assertThat(page.getByLabel("Token")).isVisible(AFTER_WORK);
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("no longer");
      signIn(page, ALL);
      assertThat(heading(page, "source")).isVisible();
      page.context().close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"desk", "night", "phone"})
  void eachScreenIsThereForEverybody(String name) {
    Look look =
        switch (name) {
          case "night" -> Look.NIGHT;
          case "phone" -> Look.PHONE;
          default -> Look.DESK;
        };
    Page page = open(look, "/");
    assertThat(page.getByRole(AriaRole.LISTITEM).filter(with("shop")))
        .containsText("Newest backup");
    assertThat(page.locator("li.wanting").filter(with("billing"))).containsText("Access denied");
    assertThat(page.locator("li.card").filter(with("shop")).locator(".problem")).hasCount(0);
    isClean(page);
    Browser.picture(page, "console-overview-" + name);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("shop").setExact(true))
        .click();
    assertThat(heading(page, "Rows stored anew, by table")).isVisible();
    assertThat(page.locator(".uplot")).hasCount(4);
    isClean(page);
    page.getByRole(AriaRole.ROW)
        .filter(with("incremental"))
        .getByRole(AriaRole.LINK)
        .first()
        .click();
    assertThat(heading(page, "One instant of the source")).isVisible();
    page.getByText("view (1)").click();
    assertThat(page.getByText(schema.name() + ".best")).isVisible();
    Locator orders = button(page, schema.name() + ".orders");
    orders.click();
    assertThat(page.locator("pre")).containsText("CREATE TABLE");
    assertThat(page.getByRole(AriaRole.ROW).filter(with(".orders"))).containsText("changed");
    isClean(page);
    Browser.picture(page, "console-backup-" + name);
    page.navigate(server.address() + "/#/sources/shop/restore");
    assertThat(page.getByText("1. The moment")).isVisible();
    page.getByLabel("Some tables").check();
    assertThat(page.getByRole(AriaRole.CHECKBOX)).hasCount(3);
    isClean(page);
    page.navigate(server.address() + "/#/jobs");
    page.getByLabel("Source").selectOption("shop");
    assertThat(page.getByRole(AriaRole.TABLE)).containsText("Backup");
    isClean(page);
    page.navigate(server.address() + "/#/schedules");
    assertThat(page.getByRole(AriaRole.TABLE)).containsText("Europe/Berlin");
    isClean(page);
    page.context().close();
  }

  private static Locator.FilterOptions with(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void aTableIsRestoredByMouse() {
    String into = copy.name() + "_mouse";
    Page page = open(Look.DESK, "/sources/shop");
    page.getByText("Restore …").click();
    page.getByLabel("Some tables").check();
    page.getByPlaceholder("Search tables").fill("ORDER");
    assertThat(page.getByRole(AriaRole.CHECKBOX)).hasCount(1);
    page.getByRole(AriaRole.CHECKBOX).check();
    page.getByLabel("Target").selectOption("scratch");
    assertThat(page.getByLabel("Replace")).isDisabled();
    button(page, "Give a schema another name").click();
    page.getByLabel("Schema", new Page.GetByLabelOptions().setExact(true)).fill(schema.name());
    page.getByLabel("becomes").fill(into);
    button(page, "Plan").click();
    Locator plan = page.getByRole(AriaRole.REGION, named("The plan"));
    assertThat(plan).containsText("1 table would be made", SAID_AFTER_WORK);
    assertThat(plan).containsText("8,000 rows");
    isClean(page);
    button(page, "Restore …").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("Nothing that is there is touched");
    Locator go =
        dialog.getByRole(
            AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Restore").setExact(true));
    assertThat(go).isDisabled();
    dialog.getByRole(AriaRole.TEXTBOX).fill("scratchy");
    assertThat(go).isDisabled();
    dialog.getByRole(AriaRole.TEXTBOX).fill("scratch");
    isClean(page);
    go.click();
    assertThat(page.getByText("Verified: the target holds what the backup does."))
        .isVisible(AFTER_WORK);
    assertThat(page.getByRole(AriaRole.REGION, named("Log"))).isVisible();
    isClean(page);
    assertThat(database.value("SELECT COUNT(*) FROM " + into + ".orders")).isEqualTo("8000");
    assertThat(database.rows("SHOW TABLES FROM " + into)).hasSize(1);
    database.execute("DROP DATABASE " + into);
    page.context().close();
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Page.GetByRoleOptions named(Pattern name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  /** The first backup, from before a change, over a table that is there. */
  @Test
  void aTableIsChangedBackByKeyboard() {
    String into = copy.name() + "_keys";
    database.execute(
        "CREATE DATABASE " + into,
        "CREATE TABLE " + into + ".orders LIKE " + schema.name() + ".orders",
        "INSERT INTO " + into + ".orders SELECT * FROM " + schema.name() + ".orders");
    Page page = open(Look.DESK, "/sources/shop/restore");
    assertThat(page.getByText("1. The moment")).isVisible();
    tabTo(page, "Backup");
    page.keyboard().press("ArrowLeft");
    assertThat(page.locator("p.picked")).containsText("full");
    tabTo(page, "Everything");
    page.keyboard().press("ArrowRight");
    tabTo(page, "Search tables");
    page.keyboard().type("orders");
    assertThat(page.getByRole(AriaRole.CHECKBOX)).hasCount(1);
    tabTo(page, schema.name() + ".orders");
    page.keyboard().press("Space");
    tabTo(page, "Target");
    page.keyboard().type("standby");
    tabTo(page, "Create");
    page.keyboard().press("ArrowDown");
    tabTo(page, "Give a schema another name");
    page.keyboard().press("Enter");
    page.keyboard().press("Shift+Tab");
    page.keyboard().press("Shift+Tab");
    page.keyboard().press("Shift+Tab");
    page.keyboard().type(schema.name());
    page.keyboard().press("Tab");
    page.keyboard().type(into);
    tabTo(page, "Plan");
    page.keyboard().press("Enter");
    Locator plan = page.getByRole(AriaRole.REGION, named("The plan"));
    assertThat(plan).containsText("1 table that is there would be changed", SAID_AFTER_WORK);
    assertThat(plan).hasClass(Pattern.compile("overwrites"));
    tabTo(page, "Overwrite …");
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("What is in these tables now is lost");
    isClean(page);
    Browser.picture(page, "console-confirm");
    page.keyboard().type("standby");
    page.keyboard().press("Enter");
    assertThat(page.getByText("Verified: the target holds what the backup does."))
        .isVisible(AFTER_WORK);
    assertThat(database.value("SELECT COUNT(*) FROM " + into + ".orders WHERE v = 'changed'"))
        .isEqualTo("0");
    database.execute("DROP DATABASE " + into);
    page.context().close();
  }

  /** Presses Tab until what has that name has the focus. */
  private static void tabTo(Page page, String name) {
    for (int i = 0; i < 80; i++) {
      page.keyboard().press("Tab");
      String focused =
          (String)
              page.evaluate(
                  "() => { const e = document.activeElement; return e.getAttribute('aria-label') ||"
                      + " (e.labels?.[0] ?? e).textContent || e.placeholder || '' }");
      if (focused.strip().startsWith(name)) {
        return;
      }
    }
    throw new AssertionError("no way by Tab to " + name);
  }

  @Test
  void aFailedJobSaysWhyAndTheOverviewThatSomebodyIsNeeded() {
    Page page = open(Look.DESK, "/sources/billing");
    button(page, "Back up now").click();
    assertThat(page.locator("h1")).containsText("failed", SAID_AFTER_WORK);
    assertThat(page.locator("p.problem")).containsText("Access denied");
    isClean(page);
    page.navigate(server.address() + "/#/");
    Locator card = page.locator("li.wanting").filter(with("billing"));
    assertThat(card.locator(".problem").first()).containsText("backup");
    assertThat(page.locator("li.card").filter(with("shop")).locator(".problem")).hasCount(0);
    page.navigate(server.address() + "/#/sources/billing");
    assertThat(page.locator("tr.failed")).containsText("Access denied", SAID_AFTER_WORK);
    page.context().close();
  }

  @Test
  void aJobIsFollowedTableByTableAndCanceled() {
    Page page = open(Look.DESK, "/sources/archive");
    button(page, "Full backup now").click();
    assertThat(page.getByText("reading:")).isVisible(AFTER_WORK);
    Locator tables = page.getByRole(AriaRole.REGION, named("Tables at work"));
    assertThat(tables).containsText(schema.name() + ".", SAID_AFTER_WORK);
    isClean(page);
    Browser.picture(page, "console-job");
    button(page, "Cancel …").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).isVisible();
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
    button(page, "Cancel …").click();
    button(page, "Cancel the backup").click();
    assertThat(page.locator("h1")).containsText("canceled", SAID_AFTER_WORK);
    page.context().close();
  }

  @Test
  void aScheduleIsPausedAndGoneOnWithAndRunNow() {
    Page page = open(Look.DESK, "/schedules");
    Locator row = page.getByRole(AriaRole.ROW).filter(with("shop")).filter(with("verify"));
    row.getByText("Pause").click();
    assertThat(row).containsText("paused");
    row.getByText("Resume").click();
    assertThat(row).containsText("in ");
    row.getByText("Run now").click();
    assertThat(page.locator("h1")).containsText("done", SAID_AFTER_WORK);
    assertThat(page.locator("h1")).containsText("Verify");
    page.context().close();
  }

  @Test
  void aBackupIsVerifiedFromItsPage() {
    Page page = open(Look.DESK, "/sources/shop");
    page.getByRole(AriaRole.ROW).filter(with("full")).getByRole(AriaRole.LINK).first().click();
    button(page, "Verify and read all").click();
    assertThat(page.locator("h1")).containsText("done", SAID_AFTER_WORK);
    assertThat(page.locator(".facts").last()).containsText("Objects read");
    page.context().close();
  }

  @Test
  void whileTheServerIsAwayThePageWaitsForIt() {
    try (ServerProcess other = ServerProcess.start(environment(folder.resolve("gone"), Map.of()))) {
      Page page = open(other, Look.DESK, "/");
      assertThat(heading(page, "source")).isVisible();
      other.kill();
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("does not answer", SAID_AFTER_WORK);
      assertThat(heading(page, "source")).isVisible();
      page.context().close();
    }
  }

  @Test
  void tenThousandBackupsAreOneTimeline() {
    Path store = folder.resolve("many");
    ManyBackups.fill(store, 10_000);
    Map<String, String> hourly = new HashMap<>(environment(store, Map.of()));
    hourly.computeIfPresent(
        "VARVE_CONFIG", (name, text) -> text.replace("30 2 1 1 *", "0 * * * *"));
    try (ServerProcess other = ServerProcess.start(hourly)) {
      Page page = open(other, Look.DESK, "/sources/shop");
      assertThat(heading(page, "Backups")).isVisible(AFTER_WORK);
      assertThat(page.getByRole(AriaRole.IMG, named(Pattern.compile("missed"))))
          .hasAttribute("aria-label", Pattern.compile(" 3[0-9] missed"));
      Browser.picture(page, "console-timeline");
      page.getByLabel("All").check();
      assertThat(page.getByRole(AriaRole.IMG, named(Pattern.compile("10,00[0-2] backups"))))
          .isVisible();
      assertThat(page.getByText(Pattern.compile("Show more of 10,0[0-9]{2}"))).isVisible();
      page.getByLabel("Backup", new Page.GetByLabelOptions().setExact(true)).focus();
      page.keyboard().press("Home");
      assertThat(page.locator("p.picked")).containsText("1,000,000 rows");
      isClean(page);
      page.context().close();
    }
  }

  @Test
  void ofFiveThousandTablesOneIsFound() {
    try (TestSchema many = database.freshSchema()) {
      many.execute("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB");
      for (int i = 0; i < 5_000; i += 500) {
        StringBuilder statements = new StringBuilder("BEGIN NOT ATOMIC ");
        for (int j = i; j < i + 500; j++) {
          statements.append("CREATE TABLE table_").append(j).append(" LIKE t; ");
        }
        many.execute(statements.append("END").toString());
      }
      Map<String, String> environment =
          new HashMap<>(environment(folder.resolve("5000"), Map.of()));
      environment.computeIfPresent(
          "VARVE_CONFIG", (name, text) -> text.replace(schema.name(), many.name()));
      try (ServerProcess other = ServerProcess.start(environment)) {
        Page page = open(other, Look.DESK, "/sources/shop");
        button(page, "Full backup now").click();
        assertThat(page.locator("h1")).containsText("done", SAID_AFTER_WORK);
        page.locator("dd a").first().click();
        assertThat(heading(page, "5,001 tables")).isVisible();
        page.getByPlaceholder("Search tables").fill("_4321");
        assertThat(page.getByRole(AriaRole.ROW)).hasCount(2);
        page.getByPlaceholder("Search tables").fill("");
        button(page, "Show more").click();
        assertThat(page.getByRole(AriaRole.ROW)).hasCount(201);
        isClean(page);
        page.context().close();
      }
    }
  }
}
