package io.varve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.repository.BackupId;
import io.varve.repository.FailureEntry;
import io.varve.repository.Request;
import io.varve.repository.TableEntry;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.MadeUpBackups;
import io.varve.testing.WrappedStore;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page shows of backups: histories, details, tables. */
class BackupPagesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOON =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofHours(12));

  private final List<String> touched = new CopyOnWriteArrayList<>();
  private final ObjectStore store;
  private final TestDesk desk;
  private final MadeUpBackups backups;

  BackupPagesTest(@TempDir Path folder) {
    store =
        new WrappedStore(Stores.open(folder.toUri().toString(), S3Options.DEFAULT), touched::add);
    desk = new TestDesk(store, Map.of("incremental", Map.of("cron", "0 * * * *")));
    backups = new MadeUpBackups(desk.shop());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static JsonNode json(Response response) throws IOException {
    assertThat(response.getStatus()).isEqualTo(200);
    return JSON.readTree(text(response));
  }

  private static String text(Response response) {
    return response.getEntity() instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : (String) response.getEntity();
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private Histories histories(Instant now) {
    return new Histories(desk, new JobCatalog(desk), Clock.fixed(now, ZoneOffset.UTC));
  }

  private Request backupJob(String name, String kind, Instant asked) {
    return Request.open(
        desk.shop(),
        name,
        "backup",
        "0",
        JSON.createObjectNode().put("kind", kind),
        Clock.fixed(asked, ZoneOffset.UTC));
  }

  @Test
  void aHistoryHasBackupsInColumnsAndWhatIsGoneFailedAndMissed() {
    BackupId full = MadeUpBackups.id(NOON, null);
    backups.put(
        full,
        null,
        List.of(MadeUpBackups.table("db", "t", backups.part(full, 1, 10, 100))),
        List.of());
    BackupId second = MadeUpBackups.id(NOON.plus(Duration.ofMinutes(61)), full);
    backups.put(
        second,
        full,
        List.of(
            MadeUpBackups.table(
                "db", "t", backups.part(full, 1, 10, 100), backups.part(second, 2, 5, 50))),
        List.of());
    BackupId deleted = backups.put(NOON.plus(Duration.ofMinutes(90)), second);
    BackupId last = backups.put(NOON.plus(Duration.ofMinutes(241)), deleted);
    desk.shop().bury(deleted, "run");
    backupJob("gone-wrong", "full", NOON)
        .failed(new FailureEntry("RetryLaterException", "it is away"));
    backupJob("done", "full", NOON).done(JSON.createObjectNode());

    History history = histories(NOON.plus(Duration.ofMinutes(310))).of(desk.shop()).history();

    History.Columns columns = history.backups();
    assertThat(columns.id()).containsExactly(full.value(), second.value(), last.value());
    assertThat(columns.kind()).containsExactly("full", "incremental", "incremental");
    assertThat(columns.time()).startsWith(NOON.getEpochSecond()).isSorted();
    assertThat(columns.parent()).containsExactly(-1, 0, -1);
    assertThat(columns.tables()).containsExactly(1, 1, 0);
    assertThat(columns.rows()).containsExactly(10L, 15L, 0L);
    assertThat(columns.rawBytes()).containsExactly(1_000L, 1_500L, 0L);
    assertThat(columns.storedBytes()).containsExactly(100L, 150L, 0L);
    assertThat(columns.newBytes()).containsExactly(100L, 50L, 0L);
    assertThat(columns.rowsRead()).containsExactly(10L, 5L, 0L);
    assertThat(columns.seconds()).containsExactly(1.5, 1.5, 1.5);
    assertThat(history.deleted()).extracting(History.Deleted::id).containsExactly(deleted.value());
    assertThat(history.failed())
        .extracting(History.Failed::job, History.Failed::kind, History.Failed::reason)
        .containsExactly(Tuple.tuple("gone-wrong", "full", "it is away"));
    // 13:01 kept the moment of 13:00, 16:01 that of 16:00; 17:00 is not over
    assertThat(history.missed())
        .containsExactly(
            NOON.plus(Duration.ofHours(2)).getEpochSecond(),
            NOON.plus(Duration.ofHours(3)).getEpochSecond());
  }

  @Test
  void aHistoryThatIsKnownIsNotSentAgainUntilItChanges() throws IOException {
    backups.put(NOON, null);
    HistoryResource resource = new HistoryResource(desk, new JobCatalog(desk));
    Response first = resource.history("shop", Conditions.NONE);
    assertThat(texts(json(first).at("/backups/id"))).hasSize(1);
    Conditions known = new Conditions(first.getEntityTag());
    assertThat(resource.history("shop", known).getStatus()).isEqualTo(304);
    backups.put(NOON.plusSeconds(60), null);
    assertThat(texts(json(resource.history("shop", known)).at("/backups/id"))).hasSize(2);
  }

  @Test
  void manyBackupsAreASmallHistory() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ids.add(backups.put(NOON.minus(Duration.ofHours(200 - i)), null).value());
    }
    Response all = new HistoryResource(desk, new JobCatalog(desk)).history("shop", Conditions.NONE);
    assertThat(texts(json(all).at("/backups/id"))).isEqualTo(ids);
    assertThat(text(all)).hasSizeLessThan(200 * 150);
  }

  @Test
  void detailsTellOfConsistencyObjectsAndWhatBuildsOnABackup() throws IOException {
    BackupId full = MadeUpBackups.id(NOON, null);
    SchemaObject view =
        new SchemaObject(SchemaObject.Kind.VIEW, "v", "", "CREATE VIEW v", "", "", "", "");
    backups.put(
        full,
        null,
        List.of(),
        List.of(new SchemaDefinition("shop", "utf8mb4", "x", List.of(), List.of(view))));
    BackupsResource resource = new BackupsResource(desk);
    Response before = resource.details("shop", full.value(), Conditions.NONE);
    assertThat(json(before).path("children").asInt()).isZero();
    BackupId child = backups.put(NOON.plusSeconds(60), full);

    JsonNode details =
        json(resource.details("shop", full.value(), new Conditions(before.getEntityTag())));
    assertThat(details.path("id").asText()).isEqualTo(full.value());
    assertThat(details.path("children").asInt()).isEqualTo(1);
    assertThat(details.at("/consistency/snapshot").asText()).isEqualTo("gtid");
    assertThat(details.at("/consistency/waysRefused/0").asText()).isEqualTo("why");
    assertThat(details.at("/position/gtidSet").asText()).isEqualTo("u:1-7");
    assertThat(details.at("/objects/counts/view").asInt()).isEqualTo(1);
    assertThat(details.at("/objects/names/view/0").asText()).isEqualTo("shop.v");
    assertThat(details.at("/stores/0").asText()).startsWith("file:///");
    assertThat(json(resource.details("shop", child.value(), Conditions.NONE)).path("parent"))
        .hasToString("\"" + full + "\"");
  }

  @Test
  void aTableIsShownWithWhereItsPartsLie() throws IOException {
    BackupId full = MadeUpBackups.id(NOON, null);
    BackupId second = MadeUpBackups.id(NOON.plusSeconds(60), full);
    String odd = "a/b.c%ü`x";
    backups.put(full, null, List.of(), List.of());
    backups.put(
        second,
        full,
        List.of(
            MadeUpBackups.table(
                odd, odd, backups.part(full, 1, 10, 100), backups.part(second, 2, 5, 50))),
        List.of());
    BackupsResource resource = new BackupsResource(desk);
    JsonNode table = json(resource.table("shop", second.value(), odd, odd, Conditions.NONE));
    assertThat(table.path("partCount").asInt()).isEqualTo(2);
    assertThat(table.path("rows").asInt()).isEqualTo(15);
    assertThat(table.path("ddl").asText()).startsWith("CREATE TABLE `").contains("KEY `k`");
    assertThat(table.path("engine").asText()).isEqualTo("InnoDB");
    assertThat(table.path("keyColumns")).isEmpty();
    assertThat(table.at("/parts/0/backup").asText()).isEqualTo(full.value());
    assertThat(table.at("/parts/1/backup").asText()).isEqualTo(second.value());
    assertThat(table.at("/parts/1/storedBytes").asInt()).isEqualTo(50);
    assertThatThrownBy(() -> resource.table("shop", second.value(), odd, "other", Conditions.NONE))
        .hasMessageContaining("no such table");
  }

  @Test
  void thousandsOfTablesAreSearchedWithoutReadingTheManifestAgain() throws IOException {
    BackupId full = MadeUpBackups.id(NOON, null);
    List<TableEntry> tables =
        IntStream.range(0, 5_000)
            .mapToObj(
                i ->
                    MadeUpBackups.table(
                        "Shop", String.format("Table_%04d", i), backups.part(full, i, 1, 1)))
            .toList();
    backups.put(full, null, tables, List.of());
    touched.clear();
    BackupsResource resource = new BackupsResource(desk);
    JsonNode first = search(resource, full, "p.tABLE_12", null);
    assertThat(first.path("items")).hasSize(50);
    assertThat(first.at("/items/0/table").asText()).isEqualTo("Table_1200");
    JsonNode second = search(resource, full, "p.tABLE_12", first.path("next").asText());
    assertThat(second.path("items")).hasSize(50);
    assertThat(second.at("/items/49/table").asText()).isEqualTo("Table_1299");
    assertThat(second.has("next")).isFalse();
    assertThat(search(resource, full, "nothing", null).path("items")).isEmpty();
    assertThat(touched).containsOnlyOnce(desk.shop().keyOfManifest(full));
  }

  private static JsonNode search(
      BackupsResource resource, BackupId backup, String text, @Nullable String after)
      throws IOException {
    return json(resource.tables("shop", backup.value(), after, "50", text, Conditions.NONE));
  }

  @Test
  void theTablesThatChangedMostAreShownOverTheLastBackups() throws IOException {
    BackupId full = MadeUpBackups.id(NOON, null);
    List<TableEntry> first = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      first.add(MadeUpBackups.table("db", "t" + i, backups.part(full, i, 10L * (i + 1), 100)));
    }
    backups.put(full, null, first, List.of());
    BackupId second = MadeUpBackups.id(NOON.plusSeconds(60), full);
    backups.put(
        second,
        full,
        List.of(
            MadeUpBackups.table(
                "db", "t0", backups.part(full, 0, 10, 100), backups.part(second, 7, 900, 50))),
        List.of());

    touched.clear();
    ChangesResource resource = new ChangesResource(desk);
    JsonNode changes = json(resource.changes("shop", null, Conditions.NONE));
    assertThat(changes.path("backups").findValuesAsText("id"))
        .containsExactly(full.value(), second.value());
    assertThat(changes.path("tables")).hasSize(12);
    JsonNode most = changes.at("/tables/0");
    assertThat(most.path("table").asText()).isEqualTo("t0");
    assertThat(texts(most.path("rows"))).containsExactly("10", "910");
    assertThat(texts(most.path("rowsStored"))).containsExactly("10", "900");
    assertThat(texts(most.path("bytesStored"))).containsExactly("100", "50");
    assertThat(changes.at("/tables/1/table").asText()).isEqualTo("t13");
    assertThat(texts(changes.at("/tables/1/rows"))).containsExactly("140", "0");
    assertThat(json(resource.changes("shop", "1", Conditions.NONE)).path("tables")).hasSize(1);
    assertThat(touched).containsOnlyOnce(desk.shop().keyOfManifest(full));
    assertThatThrownBy(() -> resource.changes("shop", "101", Conditions.NONE))
        .hasMessageContaining("from 1 to 100");
  }

  @Test
  void jobsAreListedAsTheyWereAskedForWhateverTheirNames() throws IOException {
    backupJob("20261101T000000Z-backup-aaaaaa", "full", Instant.parse("2026-11-01T00:00:00Z"));
    backupJob("key-00000000", "full", Instant.parse("2026-11-02T00:00:00Z"));
    backupJob("20261103T000000Z-incremental", "full", Instant.parse("2026-11-03T00:00:00Z"));
    backupJob("nightly", "full", Instant.parse("2026-10-31T00:00:00Z"));
    SourceResource resource = new SourceResource(desk, new JobCatalog(desk));
    JsonNode page = json(resource.list("shop", null, "3"));
    assertThat(page.path("items").findValuesAsText("id"))
        .containsExactly(
            "20261103T000000Z-incremental", "key-00000000", "20261101T000000Z-backup-aaaaaa");
    JsonNode rest = json(resource.list("shop", page.path("next").asText(), "3"));
    assertThat(rest.path("items").findValuesAsText("id")).containsExactly("nightly");
  }
}
