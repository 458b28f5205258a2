package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.backup.BackupBase;
import io.varve.repository.BackupId;
import io.varve.repository.PartEntry;
import io.varve.repository.Summary;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.CommandLineRun;
import io.varve.testing.FolderCopy;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import io.varve.verify.Verification;
import io.varve.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code varve verify} finds each kind of damage, and says what of which backups is hit. */
@TestInstance(Lifecycle.PER_CLASS)
class VerifyTest {

  private static final int SOUND = 0;
  private static final int DAMAGED = 4;

  /** The last position that a part can have. */
  private static final String LAST = "f".repeat(16);

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final Path whole;
  private BackupId parent = new BackupId("20200101T000000Z-full-none");
  private BackupId child = parent;
  private List<PartEntry> ofParent = List.of();
  private List<PartEntry> ofChild = List.of();
  private Path folder;
  private RepositoryFiles files;

  VerifyTest(@TempDir Path whole) {
    this.whole = whole;
    this.folder = whole;
    this.files = new RepositoryFiles(whole);
  }

  /** A full backup, and an incremental one in which one part in the middle is another. */
  @BeforeAll
  void backUp() {
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(3_000),
        "CREATE TABLE u (id INT PRIMARY KEY) ENGINE=InnoDB",
        "INSERT INTO u VALUES (1), (2)");
    try (TestRepository repository = TestRepository.in(whole)) {
      parent = repository.backup(server, TestRepository.of(schema.name())).id();
      schema.execute("UPDATE t SET v = REVERSE(v) WHERE id = 1500");
      child =
          repository.backup(server, TestRepository.of(schema.name()).on(BackupBase.LATEST)).id();
      ofParent = parts(repository, parent);
      ofChild = parts(repository, child);
    }
    assertThat(ofParent).hasSameSizeAs(ofChild).hasSizeGreaterThan(6);
    assertThat(ofParent.getFirst().key()).isEqualTo(ofChild.getFirst().key());
    assertThat(ofParent.stream().filter(part -> !keys(ofChild).contains(part.key()))).hasSize(1);
  }

  private List<PartEntry> parts(TestRepository repository, BackupId id) {
    return repository.source().manifest(id).tables().stream()
        .filter(table -> table.definition().name().table().equals("t"))
        .flatMap(table -> table.parts().stream())
        .toList();
  }

  private static List<String> keys(List<PartEntry> parts) {
    return parts.stream().map(PartEntry::key).toList();
  }

  /** The part that only the parent has. */
  private int numberOfChanged() {
    int number = 0;
    while (ofParent.get(number).key().equals(ofChild.get(number).key())) {
      number++;
    }
    return number;
  }

  @BeforeEach
  void harmOnlyACopy(@TempDir Path copies) throws IOException {
    folder = copies.resolve("copy");
    files = new RepositoryFiles(folder);
    FolderCopy.of(whole, folder);
  }

  @AfterAll
  void close() {
    schema.close();
  }

  private CommandLineRun verify(String... more) {
    List<String> args = new ArrayList<>(List.of("verify", "--store", folder.toUri().toString()));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private String hit(BackupId backup, int part) {
    return "backup " + backup + " table " + schema.name() + ".t part " + part + ": ";
  }

  @Test
  void whatIsWholeIsSound() {
    for (CommandLineRun run :
        List.of(verify(), verify("--read-data"), verify("latest", "--read-data"))) {
      assertThat(run.exitCode()).as(run.text()).isEqualTo(SOUND);
      assertThat(run.out()).contains("no damage found").doesNotContain("foreign");
    }
  }

  /** What can happen to an object. */
  private enum Harm {
    MISSING("missing from the store", true),
    TRUNCATED("bytes instead of", true),
    BIT_FLIPPED("SHA-256", false);

    private final String reason;
    private final boolean shows;

    /**
     * @param shows in a listing
     */
    Harm(String reason, boolean shows) {
      this.reason = reason;
      this.shows = shows;
    }

    void to(PartEntry part, RepositoryFiles files) throws IOException {
      switch (this) {
        case MISSING -> files.delete(part);
        case TRUNCATED -> files.truncate(part);
        case BIT_FLIPPED -> files.flipBit(part);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPartThatTwoBackupsNameHitsBoth(Harm harm) throws IOException {
    harm.to(ofParent.get(2), files);
    CommandLineRun quick = verify();
    assertThat(quick.exitCode()).as(quick.text()).isEqualTo(harm.shows ? DAMAGED : SOUND);
    CommandLineRun reading = verify("--read-data");
    assertThat(reading.exitCode()).isEqualTo(DAMAGED);
    for (CommandLineRun run : harm.shows ? List.of(quick, reading) : List.of(reading)) {
      assertThat(run.out())
          .contains(hit(parent, 2), hit(child, 2), harm.reason, ofParent.get(2).key());
      assertThat(run.err()).contains("2 objects", parent.value(), child.value(), "varve repair");
    }
    CommandLineRun one = verify(child.value(), "--read-data");
    assertThat(one.exitCode()).isEqualTo(DAMAGED);
    assertThat(one.text()).contains(hit(child, 2)).doesNotContain(hit(parent, 2));
  }

  @ParameterizedTest
  @EnumSource
  void aPartThatOneBackupNamesHitsThatOne(Harm harm) throws IOException {
    int number = numberOfChanged();
    harm.to(ofParent.get(number), files);
    CommandLineRun all = verify("--read-data");
    assertThat(all.exitCode()).isEqualTo(DAMAGED);
    assertThat(all.out()).contains(hit(parent, number));
    assertThat(all.text()).doesNotContain("backup " + child);
    assertThat(verify(child.value(), "--read-data").exitCode()).isEqualTo(SOUND);
    assertThat(verify(parent.value(), "--read-data").exitCode()).isEqualTo(DAMAGED);
  }

  @Test
  void twoPartsThatChangedPlacesAreBothFound() throws IOException {
    files.swap(ofChild.get(1), ofChild.get(4));
    CommandLineRun run = verify(child.value(), "--read-data");
    assertThat(run.exitCode()).isEqualTo(DAMAGED);
    assertThat(run.out()).contains(hit(child, 1), hit(child, 4)).doesNotContain(hit(child, 2));
  }

  @Test
  void jsonNamesBackupTablePartAndObject() throws IOException {
    files.delete(ofChild.get(3));
    CommandLineRun run = verify("latest", "--json");
    JsonNode damage = new ObjectMapper().readTree(run.out()).get("damages").get(0);
    assertThat(damage.get("backup").asText()).isEqualTo(child.value());
    assertThat(damage.get("table").asText()).isEqualTo(schema.name() + ".t");
    assertThat(damage.get("part").asInt()).isEqualTo(3);
    assertThat(damage.get("key").asText()).isEqualTo(ofChild.get(3).key());
  }

  /** What was found by reading is known to a later listing of what may be kept. */
  @Test
  void whatReadingFindsIsNoted() throws IOException {
    files.flipBit(ofChild.get(3));
    verify("--read-data");
    try (TestRepository repository = TestRepository.in(folder)) {
      assertThat(repository.source().damagedParts()).containsExactly(ofChild.get(3).key());
    }
  }

  static Stream<Arguments> edits() {
    return Stream.of(
        edit("rows of a part", manifest -> part(manifest, 1).put("rows", 7)),
        edit("checksum of a part", manifest -> part(manifest, 1).put("xor", "0123456789abcdef")),
        edit("hash of a part", manifest -> part(manifest, 1).put("sha256", "00".repeat(32))),
        edit("a bound", manifest -> part(manifest, 1).putArray("upper").add("2")),
        edit(
            "the object of a part",
            manifest -> part(manifest, 1).set("key", part(manifest, 2).get("key"))),
        edit("a table removed", manifest -> ((ArrayNode) manifest.get("tables")).remove(0)),
        edit("the time", manifest -> manifest.put("snapshotTime", "2020-01-01T00:00:00Z")),
        edit("the checksum algorithm", manifest -> manifest.put("checksumAlgorithm", "none")));
  }

  private static Arguments edit(String what, Consumer<ObjectNode> change) {
    return Arguments.of(what, change);
  }

  private static ObjectNode table(ObjectNode manifest) {
    return (ObjectNode) manifest.get("tables").get(0);
  }

  private static ObjectNode part(ObjectNode manifest, int number) {
    return (ObjectNode) table(manifest).get("parts").get(number);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("edits")
  void anyEditOfAManifestShowsByItsSummary(String what, Consumer<ObjectNode> change)
      throws IOException {
    files.edit(child, change);
    isFoundInTheManifestOfTheChild("summary differs");
  }

  private void isFoundInTheManifestOfTheChild(String reason) {
    CommandLineRun run = verify();
    assertThat(run.exitCode()).as(run.text()).isEqualTo(DAMAGED);
    assertThat(run.out()).contains("backup " + child, "manifests/" + child + ".json", reason);
    assertThat(run.err()).contains("Hit: " + child + ".");
    assertThat(verify(parent.value(), "--read-data").exitCode()).isEqualTo(SOUND);
  }

  @Test
  void aManifestThatIsNoJsonIsFoundAndHidesNoOther() throws IOException {
    byte[] manifest = Files.readAllBytes(files.manifest(child));
    Files.write(files.manifest(child), Arrays.copyOf(manifest, manifest.length / 2));
    files.truncate(ofParent.get(numberOfChanged()));
    CommandLineRun run = verify();
    assertThat(run.exitCode()).isEqualTo(DAMAGED);
    assertThat(run.out()).contains("manifests/" + child, "not JSON");
    assertThat(run.out()).contains(hit(parent, numberOfChanged()));
  }

  @Test
  void aManifestThatIsGoneIsFound() throws IOException {
    Files.delete(files.manifest(child));
    isFoundInTheManifestOfTheChild("missing");
    Files.delete(files.manifest(parent));
    CommandLineRun both = verify();
    assertThat(both.exitCode()).isEqualTo(DAMAGED);
    assertThat(both.out()).contains("backup " + parent, "backup " + child);
  }

  /** A summary is there for lists; without it a backup is whole. */
  @Test
  void aDamagedSummaryIsFoundAndHidesNoBackup() throws IOException {
    Files.writeString(files.summary(child), "{");
    Files.delete(files.summary(parent));
    CommandLineRun run = verify();
    assertThat(run.exitCode()).as(run.text()).isEqualTo(DAMAGED);
    assertThat(run.out())
        .contains("summaries/" + child, "not JSON", "summaries/" + parent, "missing");
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema copy = server.freshSchema()) {
      assertThat(repository.source().backups().stream().map(Summary::id))
          .containsExactly(parent, child);
      repository.restore(server, child, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  static Stream<Arguments> contradictions() {
    return Stream.of(
        Arguments.of("rows of a part", "add up", rows(1)),
        Arguments.of(
            "rows of a part and its table",
            "add up",
            rows(1).andThen(manifest -> add(table(manifest), "rows", 1))),
        Arguments.of("a table removed", "add up", removal()),
        Arguments.of("hash of a part", "another hash", hash()),
        Arguments.of("one bound", "gap", bound(1)));
  }

  private static Consumer<ObjectNode> rows(int number) {
    return manifest -> add(part(manifest, number), "rows", 1);
  }

  private static Consumer<ObjectNode> removal() {
    return manifest -> ((ArrayNode) manifest.get("tables")).remove(0);
  }

  private static Consumer<ObjectNode> hash() {
    return manifest -> part(manifest, 1).put("sha256", "00".repeat(32));
  }

  private static Consumer<ObjectNode> bound(int number) {
    return manifest -> part(manifest, number).putArray("upper").add("5");
  }

  private static void add(ObjectNode node, String field, int more) {
    node.put(field, node.get(field).asLong() + more);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contradictions")
  void aForgedManifestIsFoundByItsOwnSums(String what, String reason, Consumer<ObjectNode> change)
      throws IOException {
    files.edit(child, change);
    files.forgeSummary(child);
    isFoundInTheManifestOfTheChild(reason);
  }

  @Test
  void aForgedManifestWhoseSumsAreRightIsFoundByReadingTheRows() throws IOException {
    files.edit(
        child,
        manifest -> {
          rows(1).accept(manifest);
          add(table(manifest), "rows", 1);
          add((ObjectNode) manifest.get("totals"), "rows", 1);
          part(manifest, 3).put("xor", "0123456789abcdef");
        });
    files.forgeSummary(child);
    assertThat(verify().exitCode()).isEqualTo(SOUND);
    CommandLineRun reading = verify(child.value(), "--read-data");
    assertThat(reading.exitCode()).isEqualTo(DAMAGED);
    assertThat(reading.out()).contains(hit(child, 1), hit(child, 3), "another checksum");
  }

  @Test
  void aForgedManifestThatNamesAnotherPartTwiceIsFoundByItsOwnSums() throws IOException {
    files.edit(
        child,
        manifest -> {
          ObjectNode other = part(manifest, 2).deepCopy();
          other.set("lower", part(manifest, 1).get("lower"));
          other.set("upper", part(manifest, 1).get("upper"));
          ((ArrayNode) table(manifest).get("parts")).set(1, other);
        });
    files.forgeSummary(child);
    isFoundInTheManifestOfTheChild("add up");
  }

  /** No client compares keys; the server does after the load. */
  @Test
  void boundsThatWereMovedTogetherAreFoundByTheRestore() throws IOException {
    files.edit(
        child,
        manifest -> {
          part(manifest, 1).putArray("upper").add("300");
          part(manifest, 2).putArray("lower").add("300");
        });
    files.forgeSummary(child);
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema copy = server.freshSchema()) {
      assertThatThrownBy(
              () ->
                  repository.restore(
                      server, child, TestRepository.renaming(schema.name(), copy.name())))
          .isInstanceOf(DamageFoundException.class)
          .hasMessageContaining(copy.name() + ".t part 1");
    }
  }

  @Test
  void objectsThatAreNotOursAreNamedAndHarmNothing() throws IOException {
    List<String> foreign =
        List.of(
            "test/manifests/README.txt",
            "test/notes/anything/at-all",
            "test/parts/" + child + "/no-part",
            "test/parts/stray.tsv.zst",
            "test/summaries/20260101T000000Z-daily-aaaa.json");
    for (String key : foreign) {
      Files.createDirectories(files.file(key).getParent());
      Files.writeString(files.file(key), "not ours");
    }
    CommandLineRun run = verify("--read-data");
    assertThat(run.exitCode()).as(run.text()).isEqualTo(SOUND);
    assertThat(run.out()).contains("5 objects that Varve did not put there").contains(foreign);
    JsonNode listed = new ObjectMapper().readTree(verify("--json").out()).get("foreign");
    List<String> keys = new ArrayList<>();
    listed.forEach(key -> keys.add(key.asText()));
    assertThat(keys).containsExactlyInAnyOrderElementsOf(foreign);
  }

  @Test
  void aSampleHasAtLeastOnePartAndAllOfThemComeInTurn() {
    Set<String> read = ConcurrentHashMap.newKeySet();
    WrappedStore recording =
        new WrappedStore(
            Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
            key -> {
              if (key.startsWith("test/parts/")) {
                read.add(key);
              }
            });
    try (TestRepository repository = TestRepository.over(recording)) {
      int parts = sample(repository, 100, 0).objectsRead();
      assertThat(parts).isEqualTo(ofChild.size() + 2); // the changed part twice, and table u
      assertThat(read).hasSize(parts);
      assertThat(sample(repository, 50, 0).objectsRead()).isEqualTo((parts + 1) / 2);
      read.clear();
      for (int second = 0; second < parts; second++) {
        assertThat(sample(repository, 1, second).objectsRead()).isEqualTo(1);
      }
      assertThat(read).hasSize(parts);
    }
  }

  private static VerifyReport sample(TestRepository repository, int percent, int second) {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(1_800_000_000L + second), ZoneOffset.UTC);
    return new Verification(repository.source(), percent, 2, Progress.SILENT, clock).runAll();
  }

  @Test
  void theCommandGoesOnWhereItsTokenSays() {
    assertThat(verify("--read-data", "--deadline=10m").exitCode()).isEqualTo(SOUND);
    CommandLineRun rest = verify("--read-data", "--continue=1800000000-" + LAST);
    assertThat(rest.exitCode()).as(rest.text()).isEqualTo(SOUND);
    assertThat(rest.out()).containsPattern("read +none");
    assertThat(verify("--read-data", "--continue=" + child).exitCode()).isEqualTo(2);
  }

  @Test
  void aSampleFindsWhatItReads() throws IOException {
    for (PartEntry part : ofChild) {
      files.flipBit(part);
    }
    CommandLineRun run = verify(child.value(), "--read-data=20");
    assertThat(run.exitCode()).isEqualTo(DAMAGED);
    assertThat(run.out()).contains("SHA-256");
  }
}
