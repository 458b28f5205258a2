package io.varve.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.codec.RowChecksum;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.Consistency;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Repository;
import io.varve.repository.SourceInfo;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableEntry;
import io.varve.repository.Totals;
import io.varve.retention.SearchWorld.Actor;
import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoreTraits;
import io.varve.store.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The product's own prune, commit and pin code, in all orders in which the calls of several runs to
 * the store can happen: any of them may stall for ever at any call, and two days may pass at any
 * moment. There are an old backup P with parts x and w, and a newer one O; the policy keeps one.
 *
 * <p>B is an incremental that keeps x of P and adds y; Z is its twin, of the same id, that another
 * run goes on with; Q and S prune; R restores P.
 */
class PruneSearchTest {

  private static final String SOURCE = "s";
  private static final BackupId P = SearchWorld.id(1, "full-pppp");
  private static final BackupId O = SearchWorld.id(2, "full-oooo");
  private static final BackupId B = SearchWorld.id(3, "incremental-bbbb");
  private static final Clock CLOCK = Clock.fixed(SearchWorld.START, ZoneOffset.UTC);
  private static final String TIME_PASSES = "time";
  private static final String LISTS_JOBS = "list s/jobs/";
  private static final String BEGIN = "begin";

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
    LISTS_MANIFESTS_AFTER_FENCES
  }

  private record Found(String violation, List<String> path) {}

  /** All orders there are. */
  @Test
  void noOrderOfABackupAndAPruneLosesAnything() {
    Search search = new Search(List.of("B", "Q"), Optional.empty(), Integer.MAX_VALUE);
    assertThat(search.run()).isEmpty();
    assertThat(search.states).isGreaterThan(20_000);
  }

  /** Of these there are too many orders to try all. */
  @ParameterizedTest
  @ValueSource(strings = {"B Q R", "B Z Q", "B Q S", "B Z Q S R"})
  @Tag("check")
  void noneOfManyOrdersOfMoreRunsLosesAnything(String actors) {
    Search search = new Search(List.of(actors.split(" ")), Optional.empty(), 8_000);
    assertThat(search.run()).isEmpty();
    assertThat(search.states).isGreaterThanOrEqualTo(8_000);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "PINS",
        "FENCES",
        "LEAVES_OPEN_FOLDERS",
        "KEEPS_TOMBSTONES",
        "LISTS_MANIFESTS_AFTER_FENCES"
      })
  void withoutThisRuleSomethingIsLost(Rule rule) {
    assertThat(without(rule)).isPresent();
  }

  /** These take longer to find. */
  @ParameterizedTest
  @EnumSource(names = {"LOOKS_FOR_TOMBSTONE", "COMMITS_IF_ABSENT", "LISTS_JOBS_AFTER_TOMBSTONES"})
  @Tag("check")
  void withoutThisRuleTooSomethingIsLost(Rule rule) {
    assertThat(without(rule)).isPresent();
  }

  private static Optional<Found> without(Rule rule) {
    List<String> actors =
        switch (rule) {
          case KEEPS_TOMBSTONES -> List.of("B", "Z", "Q");
          case LISTS_JOBS_AFTER_TOMBSTONES -> List.of("B", "Q", "R");
          default -> List.of("B", "Q");
        };
    return new Search(actors, Optional.of(rule), 100_000).run();
  }

  /** Depth first; a state that was seen is not gone on from again. */
  private static final class Search {

    private final List<String> names;
    private final Optional<Rule> without;
    private final int most;
    private final Set<Long> seen = new HashSet<>();
    private final Set<Long> worlds = new HashSet<>();
    private int states;

    Search(List<String> names, Optional<Rule> without, int most) {
      this.names = names;
      this.without = without;
      this.most = most;
    }

    Optional<Found> run() {
      List<List<String>> waiting = new ArrayList<>(List.of(List.of()));
      while (!waiting.isEmpty() && states < most) {
        List<String> path = new ArrayList<>(waiting.removeLast());
        try (Run run = new Run(names, without)) {
          path.forEach(run::step);
          while (true) {
            Optional<String> violation = run.violation(worlds);
            if (violation.isPresent()) {
              return Optional.of(new Found(violation.get(), path));
            }
            List<String> moves = run.moves();
            if (!seen.add(run.fingerprint()) || moves.isEmpty()) {
              break;
            }
            states++;
            for (String other : moves.subList(1, moves.size())) {
              List<String> next = new ArrayList<>(path);
              next.add(other);
              waiting.add(next);
            }
            run.step(moves.getFirst());
            path.add(moves.getFirst());
          }
        }
      }
      return Optional.empty();
    }
  }

  /** One order of calls. */
  private static final class Run implements AutoCloseable {

    private final SearchWorld world = new SearchWorld();
    private final Map<String, Actor> actors = new TreeMap<>();
    private final Set<String> done = new HashSet<>();
    private boolean timePassed;
    private boolean robbed;

    Run(List<String> names, Optional<Rule> without) {
      SourceRepository source = source(world.direct());
      commit(source, world.direct(), P, null, List.of(part(P, "w"), part(P, "x")));
      commit(source, world.direct(), O, null, List.of(part(O, "o")));
      for (String name : names) {
        actors.put(
            name,
            world
            .new Actor(
                name,
                call -> isPoint(name, call),
                actor -> work(name, without(without, name, actor.store()))));
      }
    }

    private void work(String name, ObjectStore store) {
      SourceRepository source = source(store);
      switch (name) {
        case "B", "Z" -> backUp(name, source, store);
        case "Q" -> new Prune(source, Progress.SILENT, CLOCK).run(last(1));
        case "S" -> new Prune(source, Progress.SILENT, CLOCK).run(last(2));
        default -> restore(source, store);
      }
    }

    /** As {@link io.varve.backup.Backup} does it. */
    private void backUp(String name, SourceRepository source, ObjectStore store) {
      Job job = Job.ofBackup(source, CLOCK);
      boolean mayKeep = job.makes(B, P);
      PartEntry kept = part(P, "x");
      mayKeep = mayKeep && source.manifestOrFence(P).isPresent();
      if (mayKeep && !source.soundParts(Set.of(kept.key())).test(kept)) {
        mayKeep = false;
      }
      List<PartEntry> parts =
          mayKeep ? List.of(kept, part(B, "y")) : List.of(part(B, "y"), part(B, "z"));
      try {
        commit(source, store, B, job, parts);
        done.add(name);
        job.done();
      } catch (RetryLaterException fencedOrOvertaken) {
        job.failed(fencedOrOvertaken);
      }
    }

    private void restore(SourceRepository source, ObjectStore store) {
      try {
        Job job = Job.using(source, "restore", P, CLOCK);
        Optional<Manifest> manifest = source.manifestOrFence(P);
        if (manifest.isPresent()) {
          for (TableEntry table : manifest.get().tables()) {
            for (PartEntry part : table.parts()) {
              robbed |= store.get(part.key()).isEmpty();
            }
          }
        }
        job.done();
      } catch (InvalidRequestException deleted) {
        // as it should be
      }
    }

    List<String> moves() {
      List<String> moves = new ArrayList<>();
      actors.forEach(
          (name, actor) -> {
            if (!actor.isEnded()) {
              moves.add(name);
            }
          });
      // it matters to nothing but how old jobs are when a prune begins, whatever has stalled by
      // then
      if (!timePassed
          && actors.values().stream()
              .anyMatch(actor -> prunes(actor.name()) && actor.next().equals(BEGIN))) {
        moves.add(TIME_PASSES);
      }
      return moves;
    }

    void step(String move) {
      if (move.equals(TIME_PASSES)) {
        timePassed = true;
        world.pass(Duration.ofHours(48));
      } else {
        Actor actor = actors.get(move);
        if (actor != null) {
          actor.step();
          @Nullable Throwable failure = actor.failure();
          if (failure != null) {
            throw new AssertionError(move + " failed", failure);
          }
        }
      }
    }

    long fingerprint() {
      long hash = timePassed ? 1 : 0;
      for (Actor actor : actors.values()) {
        hash = 1_000_003 * hash + actor.fingerprint();
      }
      return 1_000_003 * hash + world.fingerprint();
    }

    /**
     * What must hold at every moment, for every moment may be the last of all of them.
     *
     * @param worlds that were looked at before
     */
    Optional<String> violation(Set<Long> worlds) {
      if (robbed) {
        return Optional.of("the restore was robbed");
      }
      if (!worlds.add(2L * world.fingerprint() + (done.isEmpty() ? 0 : 1))) {
        return Optional.empty();
      }
      Optional<String> now = counted(world);
      if (now.isPresent()) {
        return now;
      }
      if (!done.isEmpty() && !counts(world, B)) {
        return Optional.of("B said that it is done, and does not count");
      }
      SearchWorld later = world.copy();
      later.pass(Duration.ofHours(48));
      new Prune(source(later.direct()), Progress.SILENT, CLOCK).run(last(1));
      Set<String> named = new HashSet<>();
      for (BackupId id : List.of(P, O, B)) {
        if (counts(later, id)) {
          named.addAll(parts(later, id));
        }
      }
      List<String> left = new ArrayList<>(later.keys(SOURCE + "/parts/"));
      left.removeAll(named);
      return left.isEmpty()
          ? counted(later)
          : Optional.of("a later prune leaves " + left + " that nothing names");
    }

    @Override
    public void close() {
      actors.values().forEach(Actor::abandon);
    }
  }

  private static Optional<String> counted(SearchWorld world) {
    int count = 0;
    for (BackupId id : List.of(P, O, B)) {
      if (counts(world, id)) {
        count++;
        for (String part : parts(world, id)) {
          if (!world.has(part)) {
            return Optional.of(id + " counts and has lost " + part);
          }
        }
      }
    }
    return count == 0 ? Optional.of("no backup is left") : Optional.empty();
  }

  private static boolean counts(SearchWorld world, BackupId id) {
    String manifest = world.text(SOURCE + "/manifests/" + id + ".json");
    return !manifest.isEmpty()
        && !manifest.contains("\"fence\"")
        && !world.has(SOURCE + "/tombstones/" + id);
  }

  private static Set<String> parts(SearchWorld world, BackupId id) {
    Set<String> parts = new HashSet<>();
    source(world.direct())
        .manifestOrFence(id)
        .ifPresent(
            manifest ->
                manifest
                    .tables()
                    .forEach(table -> table.parts().forEach(part -> parts.add(part.key()))));
    return parts;
  }

  /** Calls that no other actor can notice, or whose answer is always the same, need not wait. */
  private static boolean isPoint(String actor, String call) {
    boolean prunes = actor.equals("Q") || actor.equals("S");
    boolean ofItsOwn =
        prunes && (call.startsWith("create s/jobs") || call.startsWith("get s/jobs"));
    return !ofItsOwn
        && !call.contains("/summaries/")
        && !call.contains("/holds/")
        && !call.contains("/damaged/")
        && !call.contains("probe/")
        && !call.contains("varve.json");
  }

  private static boolean prunes(String actor) {
    return actor.equals("Q") || actor.equals("S");
  }

  private static RetentionPolicy last(int count) {
    return new RetentionPolicy(count, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
  }

  private static SourceRepository source(ObjectStore store) {
    return Repository.openOrCreate(
            store,
            () -> new StoreTraits("memory", true, true, true, true, true, "none", false),
            CLOCK)
        .source(SOURCE);
  }

  private static PartEntry part(BackupId id, String name) {
    String key = SOURCE + "/parts/" + id + "/db/t/0-" + name.repeat(16) + ".tsv.zst";
    return new PartEntry(key, null, null, 1, 2, 3, null, null, "00", "00", name.repeat(64));
  }

  private static void commit(
      SourceRepository source,
      ObjectStore store,
      BackupId id,
      @Nullable Job job,
      List<PartEntry> parts) {
    for (PartEntry part : parts) {
      if (part.key().contains(id.value())) {
        store.create(part.key(), Content.of(new byte[] {1, 2, 3}));
      }
    }
    TableDefinition table =
        new TableDefinition(
            new TableName("db", "t"),
            "InnoDB",
            null,
            List.of(),
            List.of(),
            "",
            "",
            List.of(),
            List.of());
    source.commit(
        new Manifest(
            1,
            id,
            id.kind(),
            null,
            job == null ? "first" : job.id(),
            SOURCE,
            new SourceInfo("mysql", "9.7.0", "", "UTC", 0),
            id.time(),
            new Consistency("single", 1, 1, List.of(), List.of(), null, null, null),
            "test",
            RowChecksum.ALGORITHM,
            "none",
            List.of(),
            List.of(),
            List.of(),
            List.of(TableEntry.of(table, parts)),
            Totals.of(List.of(TableEntry.of(table, parts)), 600_000),
            List.of(),
            null,
            null,
            null,
            null));
  }

  /** The store as it looks to an actor that does without a rule. */
  private static ObjectStore without(Optional<Rule> rule, String actor, ObjectStore store) {
    return rule.isEmpty() ? store : new Without(rule.get(), prunes(actor), store);
  }

  private static final class Without implements ObjectStore {
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
        String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return Content.of(change.apply(text).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
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
      return rule == Rule.LOOKS_FOR_TOMBSTONE && !prunes && key.contains("/tombstones/")
          ? Optional.empty()
          : found;
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> each) {
      List<ObjectInfo> before = early.get(prefix);
      if (before != null) {
        before.forEach(each);
        return;
      }
      store.list(prefix, each);
      if (rule == Rule.LEAVES_OPEN_FOLDERS && prunes && prefix.endsWith("/manifests/")) {
        each.accept(new ObjectInfo(prefix + B + ".json", 1, SearchWorld.START));
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
