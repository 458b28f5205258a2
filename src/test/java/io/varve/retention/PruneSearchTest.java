package io.varve.retention;

import static io.varve.retention.PlainBackups.SOURCE;
import static io.varve.retention.PlainBackups.commit;
import static io.varve.retention.PlainBackups.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.CommitStateUnknownException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.repository.BackupId;
import io.varve.repository.Job;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.retention.StoreStates.Call;
import io.varve.retention.StoreStates.Kind;
import io.varve.retention.StoreStates.Stored;
import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The product's own prune, commit and pin code, in all orders in which the calls of several runs to
 * the store can happen: any of them may stall for ever at any call, two days may pass at any
 * moment, and where said so an answer is lost, or a call refused. There are an old backup P with
 * parts x and w, and a newer one O.
 *
 * <p>B is an incremental that keeps x of P and adds y; Z is its twin, of the same id, that another
 * run goes on with; Q prunes and keeps one, S prunes and keeps two; R restores P.
 */
class PruneSearchTest {

  private static final BackupId P = new BackupId("20261120T010000Z-full-pppp");
  private static final BackupId O = new BackupId("20261120T020000Z-full-oooo");
  private static final BackupId B = new BackupId("20261120T030000Z-incremental-bbbb");
  private static final Clock CLOCK = Clock.fixed(StoreStates.START, ZoneOffset.UTC);
  private static final String DONE = "done";
  private static final String READS = "reads";

  /** One of the rules that keep backups safe, to be left out. */
  enum Rule {
    /** Whoever uses a backup pins it first. */
    PINS,
    /** Whoever has pinned a backup looks for its tombstone. */
    LOOKS_FOR_TOMBSTONE,
    /** Prune fences a run before it takes it for dead. */
    FENCES,
    /** The commit is put only where nothing stands. */
    COMMITS_IF_ABSENT,
    /** Folders of ids that are neither committed nor fenced nor deleted are left alone. */
    LEAVES_OPEN_FOLDERS,
    /** A tombstone stays for ever. */
    KEEPS_TOMBSTONES,
    /** Jobs are listed after the tombstones were put. */
    LISTS_JOBS_AFTER_TOMBSTONES,
    /** Manifests are listed after the dead were fenced. */
    LISTS_MANIFESTS_AFTER_FENCES,
    /** A prune that finds a manifest gone that it listed looks again. */
    READS_ALL_THAT_IT_LISTED
  }

  /** What may come between two calls of others. */
  enum Grain {
    /** Each call that another run could notice. */
    CALL,
    /**
     * What a prune reads before it decides, and its deletions of parts, happen at one moment, as do
     * a backup's last part and its summary: of five runs there are too many orders of calls.
     */
    MOMENT
  }

  @Test
  void noOrderOfABackupAndAPruneLosesAnything() {
    assertNothingIsLost("B Q", Grain.CALL, 1);
  }

  @ParameterizedTest
  @CsvSource({"B Q R, 1", "B Z Q, 0", "B Q S, 0", "Q S R, 1"})
  @Tag("check")
  void noOrderOfThreeRunsLosesAnything(String runs, int mostTroubles) {
    assertNothingIsLost(runs, Grain.CALL, mostTroubles);
  }

  @ParameterizedTest
  @CsvSource({"B Z Q, 1", "B Q S R, 0", "B Z Q R, 0", "B Z Q S, 0", "B Z Q S R, 0"})
  @Tag("search")
  void noOrderOfMoreRunsLosesAnything(String runs, int mostTroubles) {
    assertNothingIsLost(runs, runs.length() > 5 ? Grain.MOMENT : Grain.CALL, mostTroubles);
  }

  private static void assertNothingIsLost(String runs, Grain grain, int mostTroubles) {
    Search search = search(runs, grain, mostTroubles, Optional.empty());
    assertThat(search.run()).isEmpty();
    System.out.printf("%s: %,d states, and nothing is lost%n", runs, search.size());
  }

  @ParameterizedTest
  @EnumSource
  void withoutThisRuleSomethingIsLost(Rule rule) {
    String runs =
        switch (rule) {
          case KEEPS_TOMBSTONES -> "B Z Q";
          case LISTS_JOBS_AFTER_TOMBSTONES -> "B Q R";
          case READS_ALL_THAT_IT_LISTED -> "B Q S";
          default -> "B Q";
        };
    assertThat(search(runs, Grain.CALL, 0, Optional.of(rule)).run()).isPresent();
  }

  private static Search search(String runs, Grain grain, int mostTroubles, Optional<Rule> without) {
    StoreStates states = new StoreStates();
    StoreStates.Alone store = new StoreStates.Alone(StoreStates.START);
    SourceRepository source = source(store);
    putParts(store, P, List.of(part(P, "w"), part(P, "x")));
    commit(source, P, "first", List.of(part(P, "w"), part(P, "x")));
    putParts(store, O, List.of(part(O, "o")));
    commit(source, O, "first", List.of(part(O, "o")));
    List<Program> programs = new ArrayList<>();
    for (String name : runs.split(" ")) {
      programs.add(
          new Program(
              name,
              states,
              (call, step) -> isOwnBusiness(name, grain, call, step),
              (itsStore, steps) -> work(name, itsStore, steps, without)));
    }
    return new Search(
        states,
        states.of(store),
        programs,
        Duration.ofHours(48),
        mostTroubles,
        PruneSearchTest::violation);
  }

  private static String work(
      String name, ObjectStore itsStore, Consumer<Object> itsSteps, Optional<Rule> without) {
    ObjectStore store = itsStore;
    Consumer<Object> steps = itsSteps;
    if (without.isPresent()) {
      Without reckless = new Without(without.get(), prunes(name), itsStore);
      store = reckless;
      steps =
          known ->
              itsSteps.accept(reckless.early.isEmpty() ? known : List.of(known, reckless.early));
    }
    SourceRepository source = source(store);
    switch (name) {
      case "B", "Z" -> {
        return backUp(source, store, steps);
      }
      case "Q" -> new Prune(source, Progress.SILENT, CLOCK, steps).run(last(1));
      case "S" -> new Prune(source, Progress.SILENT, CLOCK, steps).run(last(2));
      default -> {
        return restore(source, steps);
      }
    }
    return "ended";
  }

  /** As {@link io.varve.backup.Backup} does it. */
  private static String backUp(SourceRepository source, ObjectStore store, Consumer<Object> steps) {
    Job job = Job.ofBackup(source, CLOCK);
    try {
      boolean mayKeep = job.makes(B, P);
      PartEntry kept = part(P, "x");
      mayKeep = mayKeep && source.manifestOrFence(P).isPresent();
      mayKeep = mayKeep && source.soundParts(Set.of(kept.key())).test(kept);
      steps.accept(mayKeep);
      List<PartEntry> parts =
          mayKeep ? List.of(kept, part(B, "y")) : List.of(part(B, "y"), part(B, "z"));
      putParts(store, B, parts);
      steps.accept(List.of(mayKeep, "has put parts"));
      commit(source, B, job.id(), parts);
    } catch (CommitStateUnknownException unknown) {
      return "ended";
    } catch (RetryLaterException later) {
      job.stopped(later, () -> {});
      return "ended";
    } catch (RuntimeException | Error failed) {
      job.failed(failed);
      throw failed;
    }
    steps.accept(DONE);
    try {
      job.done();
    } catch (VarveException notClosed) {
      // the backup is there
    }
    return DONE;
  }

  /** Without the reads of parts: they may happen at any moment, and must find them at each. */
  private static String restore(SourceRepository source, Consumer<Object> steps) {
    Job job;
    try {
      job = Job.using(source, "restore", P, CLOCK);
    } catch (InvalidRequestException deleted) {
      return "ended"; // as it should be
    }
    boolean reads = source.manifestOrFence(P).isPresent();
    steps.accept(reads ? READS : "finds no backup");
    job.done();
    return "ended";
  }

  private static Optional<String> violation(StoreStates.Alone store, List<String> said) {
    Optional<String> unexpected = said.stream().filter(s -> s.startsWith("UNEXPECTED")).findAny();
    if (unexpected.isPresent()) {
      return unexpected;
    }
    // one that was silent for a day is taken for dead, and is told that a part is missing
    if (said.contains(READS)
        && store.isFresh("-restore-")
        && !store.objects.keySet().containsAll(List.of(part(P, "w").key(), part(P, "x").key()))) {
      return Optional.of("a restore is robbed of its parts");
    }
    Optional<String> now = counted(store);
    if (now.isPresent()) {
      return now;
    }
    if (said.contains(DONE) && !counts(store, B)) {
      return Optional.of("B said that it is done, and does not count");
    }
    store.pass(Duration.ofHours(48));
    new Prune(source(store), Progress.SILENT, CLOCK).run(last(1));
    Set<String> left = new TreeSet<>();
    store.list(SOURCE + "/parts/", part -> left.add(part.key()));
    for (BackupId id : List.of(P, O, B)) {
      if (counts(store, id)) {
        left.removeAll(parts(store, id));
      }
    }
    return left.isEmpty()
        ? counted(store)
        : Optional.of("a later prune leaves " + left + " that nothing names");
  }

  private static Optional<String> counted(StoreStates.Alone store) {
    int count = 0;
    for (BackupId id : List.of(P, O, B)) {
      if (counts(store, id)) {
        count++;
        for (String part : parts(store, id)) {
          if (!store.objects.containsKey(part)) {
            return Optional.of(id + " counts and has lost " + part);
          }
        }
      }
    }
    return count == 0 ? Optional.of("no backup is left") : Optional.empty();
  }

  private static boolean counts(StoreStates.Alone store, BackupId id) {
    Stored manifest = store.objects.get(SOURCE + "/manifests/" + id + ".json");
    return manifest != null
        && !manifest.content().contains("\"fence\"")
        && !store.objects.containsKey(SOURCE + "/tombstones/" + id);
  }

  private static List<String> parts(StoreStates.Alone store, BackupId id) {
    return source(store).manifestOrFence(id).stream()
        .flatMap(manifest -> manifest.tables().stream())
        .flatMap(table -> table.parts().stream())
        .map(PartEntry::key)
        .toList();
  }

  /** Calls that no other run can notice, or whose answer is always the same. */
  private static boolean isOwnBusiness(String run, Grain grain, Call call, int step) {
    String key = call.key();
    if (key.equals("varve.json")
        || key.contains("/holds/")
        || key.contains("/damaged/")
        || key.contains("probe/")) {
      return true;
    }
    boolean isMoment = grain == Grain.MOMENT;
    return switch (run) {
      // records of jobs never change
      case "Q", "S" ->
          key.startsWith("s/jobs/") && !key.equals("s/jobs/")
              || isMoment && step == 0 && !key.startsWith("s/tombstones/")
              || isMoment && call.kind() == Kind.DELETE && !key.contains("/manifests/");
      // the first says nothing of a backup yet
      case "B", "Z" -> isMoment && (key.contains("/summaries/") || key.endsWith("/0.json"));
      default -> false;
    };
  }

  private static boolean prunes(String actor) {
    return actor.equals("Q") || actor.equals("S");
  }

  private static RetentionPolicy last(int count) {
    return new RetentionPolicy(count, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
  }

  private static SourceRepository source(ObjectStore store) {
    return PlainBackups.source(store, CLOCK);
  }

  private static void putParts(ObjectStore store, BackupId id, List<PartEntry> parts) {
    parts.stream()
        .filter(part -> part.key().contains(id.value()))
        .forEach(part -> PlainBackups.put(store, part));
  }

  /** The store as it looks to a run that does without a rule. */
  private static final class Without implements ObjectStore {
    private static final byte[] FENCE =
        "{\"format\":1,\"fence\":true}".getBytes(StandardCharsets.UTF_8);

    private final Rule rule;
    private final boolean prunes;
    private final ObjectStore store;
    private final Map<String, List<ObjectInfo>> early = new TreeMap<>();

    Without(Rule rule, boolean prunes, ObjectStore store) {
      this.rule = rule;
      this.prunes = prunes;
      this.store = store;
    }

    @Override
    public String location() {
      return store.location();
    }

    @Override
    public PutOutcome create(String key, Content content) {
      boolean isManifest = key.contains("/manifests/");
      if (rule == Rule.PINS && !prunes && key.contains("/jobs/")) {
        return store.create(key, changed(content, text -> text.replace("pinnedBackup", "none")));
      }
      if (rule == Rule.FENCES && prunes && isManifest) {
        return PutOutcome.CREATED;
      }
      if (rule == Rule.COMMITS_IF_ABSENT && !prunes && isManifest) {
        store.delete(key);
      }
      if (rule == Rule.LISTS_JOBS_AFTER_TOMBSTONES && prunes && key.contains("/tombstones/")) {
        early.computeIfAbsent(SOURCE + "/jobs/", this::listed);
      }
      if (rule == Rule.LISTS_MANIFESTS_AFTER_FENCES && prunes && isManifest) {
        early.computeIfAbsent(SOURCE + "/manifests/", this::listed);
      }
      return store.create(key, content);
    }

    private static Content changed(Content content, UnaryOperator<String> change) {
      try (var in = content.open()) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return Content.of(change.apply(text).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private List<ObjectInfo> listed(String prefix) {
      List<ObjectInfo> found = new ArrayList<>();
      store.list(prefix, found::add);
      return found;
    }

    @Override
    public PutOutcome replace(String key, Content content, String version) {
      return store.replace(key, content, version);
    }

    @Override
    public Optional<StoredObject> get(String key) {
      Optional<StoredObject> found = store.get(key);
      if (rule == Rule.READS_ALL_THAT_IT_LISTED
          && prunes
          && key.contains("/manifests/")
          && found.isEmpty()) {
        return Optional.of(new StoredObject(FENCE, "1"));
      }
      return rule == Rule.LOOKS_FOR_TOMBSTONE && !prunes && key.contains("/tombstones/")
          ? Optional.empty()
          : found;
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> each) {
      List<ObjectInfo> before = early.remove(prefix);
      if (before != null) {
        before.forEach(each);
        return;
      }
      store.list(prefix, each);
      if (rule == Rule.LEAVES_OPEN_FOLDERS && prunes && prefix.endsWith("/manifests/")) {
        each.accept(new ObjectInfo(prefix + B + ".json", 1, StoreStates.START));
      }
    }

    @Override
    public List<String> folders(String prefix) {
      return store.folders(prefix);
    }

    @Override
    public void delete(String key) {
      store.delete(key);
      if (rule == Rule.KEEPS_TOMBSTONES && prunes && key.contains("/manifests/")) {
        store.delete(key.replace("/manifests/", "/tombstones/").replace(".json", ""));
      }
    }

    @Override
    public void close() {}
  }
}
