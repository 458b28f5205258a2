package io.varve.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Progress;
import io.varve.chaos.Run.Extent;
import io.varve.chaos.Run.Outcome;
import io.varve.chaos.Run.Plan;
import io.varve.repository.BackupId;
import io.varve.repository.Summary;
import io.varve.retention.Prune;
import io.varve.retention.RetentionPolicy;
import io.varve.store.ObjectStore;
import io.varve.store.Stores;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.LaterStore;
import io.varve.testing.ManifestSchema;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A bank at work, the repository of its backups, a copy and a standby of it, and what must hold of
 * them whatever has run, and whatever of that was killed.
 */
final class World implements AutoCloseable {

  private static final Extent FIRST_GUESS = new Extent(Duration.ofMillis(1200), 30);
  private static final Pattern BACKUP_ID = Pattern.compile("\"backupId\":\"([^\"]+)\"");

  private final TestServer server = TestServer.shared();
  private final EmbeddedS3 s3 = EmbeddedS3.shared();
  private final String location = "s3://" + s3.newBucket("chaos") + "/some/prefix";
  private final ObjectStore store = Stores.open(location, s3.options());
  private final TestSchema source = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestSchema standby = server.freshSchema();
  private final Bank bank;
  private final List<String> story = new ArrayList<>();
  private final Map<Command, Extent> usual = new EnumMap<>(Command.class);
  private int kills;

  /** Each backup that a run has reported as made, with the number of transfers before that run. */
  private final Map<BackupId, Long> reported = new HashMap<>();

  /** Each backup that was reported as made, or listed. */
  private final Set<BackupId> everThere = new HashSet<>();

  /** Each backup that was restored in a time of peace. */
  private final Set<BackupId> restored = new HashSet<>();

  /** The restore of the copy that has not come to its end: the next is the same again. */
  private @Nullable Start unfinished;

  /**
   * A command line that was begun.
   *
   * @param backup which it was told to take
   */
  private record Start(Command command, List<String> arguments, Optional<BackupId> backup) {}

  World(Random random) throws SQLException {
    bank = Bank.open(source, random);
  }

  List<String> story() {
    return story;
  }

  /** How many processes were killed that lived. */
  int kills() {
    return kills;
  }

  /** Runs commands side by side, to whatever end, and looks at what has become of all. */
  void run(List<Plan> plans) {
    long transfers = bank.transfers();
    List<Start> starts = plans.stream().map(this::start).toList();
    List<Outcome> outcomes = outcomes(plans, starts);
    tell(starts, outcomes);
    for (int i = 0; i < outcomes.size(); i++) {
      judge(outcomes.get(i), starts.get(i), transfers, outcomes.size() > 1);
    }
    repository().ifPresent(this::requireNoBackupLost);
  }

  private void requireNoBackupLost(TestRepository repository) {
    List<BackupId> listed = listed(repository);
    everThere.addAll(listed);
    everThere.addAll(reported.keySet());
    Set<BackupId> known = new HashSet<>(listed);
    known.addAll(repository.source().buried());
    assertThat(known).as("backups that are there or deleted").containsAll(everThere);
  }

  private List<Outcome> outcomes(List<Plan> plans, List<Start> starts) {
    List<Run> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < plans.size(); i++) {
        Start start = starts.get(i);
        Extent extent = usual.getOrDefault(start.command(), FIRST_GUESS);
        runs.add(Run.start(plans.get(i), start.arguments(), extent, server, s3));
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> end : runs.stream().map(run -> threads.submit(run::end)).toList()) {
        outcomes.add(end.get());
      }
      return outcomes;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("a run could not be brought to its end", e);
    } finally {
      runs.forEach(Run::close);
    }
  }

  private void tell(List<Start> starts, List<Outcome> outcomes) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome outcome = outcomes.get(i);
      Command command = starts.get(i).command();
      boolean isAnother = command != outcome.plan().command();
      lines.add(outcome.plan() + (isAnother ? ", " + command + " going on" : "") + ": " + outcome);
    }
    story.add("%d. %s".formatted(story.size() + 1, String.join(" | ", lines)));
    System.out.println(story.getLast());
  }

  private Start start(Plan plan) {
    Random random = new Random(plan.seed());
    Start again = unfinished;
    if (plan.command().restoresCopy() && again != null) {
      return again;
    }
    if (plan.command() == Command.RESTORE_CREATE) {
      server.execute("DROP DATABASE IF EXISTS " + copy.name());
    }
    Optional<BackupId> backup =
        plan.command().usesBackup() ? Optional.of(anyBackup(random)) : Optional.empty();
    List<String> arguments = new ArrayList<>(words(plan.command(), backup, random));
    arguments.addAll(List.of("--store", location, "--name", TestRepository.SOURCE, "--json"));
    return new Start(plan.command(), arguments, backup);
  }

  private BackupId anyBackup(Random random) {
    List<BackupId> listed = listed(repository().orElseThrow());
    return listed.get(random.nextInt(listed.size()));
  }

  private List<String> words(Command command, Optional<BackupId> backup, Random random) {
    List<String> fromSource = List.of("--source", server.uri(), "--include", source.name());
    List<String> smallParts = List.of("--part-size", "64K");
    String id = backup.map(BackupId::value).orElse("");
    return switch (command) {
      case FULL_BACKUP -> joined(List.of("backup"), fromSource, smallParts);
      case INCREMENTAL_BACKUP -> joined(List.of("backup", "--incremental"), fromSource, smallParts);
      case BACKUP_WITH_DEADLINE ->
          joined(
              List.of("backup", "--deadline", "2s"),
              random.nextBoolean() ? List.of("--incremental") : List.of(),
              fromSource,
              smallParts);
      case RESTORE_CREATE ->
          joined(List.of("restore", "--mode", "create", "--backup", id), into(copy));
      case RESTORE_REPLACE ->
          joined(List.of("restore", "--mode", "replace", "--backup", id), into(copy));
      case RESTORE_DIFF ->
          joined(List.of("restore", "--mode", "diff", "--backup", id), into(standby));
      case DIFF -> joined(List.of("diff", id), into(standby));
      case SYNC -> joined(List.of("sync"), fromSource, into(standby));
      case PRUNE -> List.of("prune", "--keep-last", String.valueOf(2 + random.nextInt(3)));
      case VERIFY -> List.of("verify");
      case VERIFY_DATA -> List.of("verify", "--read-data");
    };
  }

  private List<String> into(TestSchema schema) {
    String rename = source.name() + "=" + schema.name();
    return List.of("--target", server.uri(), "--rename", rename);
  }

  @SafeVarargs
  private static List<String> joined(List<String>... lists) {
    return Stream.of(lists).flatMap(List::stream).toList();
  }

  private void judge(Outcome outcome, Start start, long transfers, boolean isBesideAnother) {
    Plan plan = outcome.plan();
    assertThat(outcome.text()).as(plan + " has said").doesNotContain("defect");
    if (plan.isUndisturbed()) {
      // the dead of this machine are not waited for
      assertThat(outcome.text()).as(plan + " has said").doesNotContain("has the lease");
    }
    if (outcome.killed()) {
      kills++;
    } else if (outcome.exitCode() != 0) {
      assertThat(isExcused(outcome, start, isBesideAnother))
          .as("%s ended with exit code %d and said:%n%s", plan, outcome.exitCode(), outcome.text())
          .isTrue();
    } else if (plan.weather() == Weather.CALM && !isBesideAnother) {
      usual.put(start.command(), outcome.extent());
    }
    if (start.command().makesBackup() && outcome.succeeded()) {
      Matcher id = BACKUP_ID.matcher(outcome.text());
      assertThat(id.find()).as(outcome.text()).isTrue();
      reported.put(new BackupId(id.group(1)), transfers);
    }
    if (start.command().restoresCopy()) {
      judgeCopy(outcome, start);
    } else if (start.command() == Command.SYNC && outcome.succeeded()) {
      Bank.requireWhole(server, standby.name(), transfers);
    } else if (start.command() == Command.RESTORE_DIFF && outcome.succeeded()) {
      Bank.requireWhole(server, standby.name(), leastTransfers(start));
    }
  }

  private void judgeCopy(Outcome outcome, Start start) {
    boolean isThere = outcome.succeeded() || says(outcome, "there is already");
    if (isThere) {
      Bank.requireWhole(server, copy.name(), leastTransfers(start));
      unfinished = null;
    } else if (isBuried(start)) {
      server.execute("DROP DATABASE IF EXISTS " + copy.name());
      unfinished = null;
    } else {
      unfinished = start;
    }
  }

  private long leastTransfers(Start start) {
    return reported.getOrDefault(start.backup().orElseThrow(), 0L);
  }

  private boolean isBuried(Start start) {
    return repository().orElseThrow().source().isBuried(start.backup().orElseThrow());
  }

  private static boolean says(Outcome outcome, String words) {
    return !outcome.killed() && outcome.text().contains(words);
  }

  /** Whether this failure is what the documents promise for what has happened. */
  private boolean isExcused(Outcome outcome, Start start, boolean isBesideAnother) {
    Plan plan = outcome.plan();
    return switch (outcome.exitCode()) {
      case 3 ->
          start.command().usesBackup() && isBuried(start)
              // killed after the last of its work, so that nothing is left that tells them apart
              || start == unfinished && says(outcome, "there is already")
              || start.command() == Command.BACKUP_WITH_DEADLINE
                  && (says(outcome, "a call needs about")
                      || says(outcome, "they were over before a row was read"));
      case 5 ->
          plan.weather() != Weather.CALM
              || isBesideAnother && start.command().makesBackup() && says(outcome, "is at work");
      case 6 -> plan.weather() != Weather.CALM && start.command().makesBackup();
      case 7 -> start.command() == Command.BACKUP_WITH_DEADLINE;
      default -> false;
    };
  }

  /** Empty as long as no run has made it. */
  private Optional<TestRepository> repository() {
    return store.get("varve.json").map(there -> TestRepository.over(store));
  }

  private static List<BackupId> listed(TestRepository repository) {
    return repository.source().backups().stream().map(Summary::id).toList();
  }

  /** Which restore of the copy has been killed, or has failed. */
  @Nullable Command unfinishedRestore() {
    return unfinished == null ? null : unfinished.command();
  }

  /** After a prune that nothing has disturbed. */
  void requireNothingUnaccountedFor() {
    StoredObjects.read(store, TestRepository.SOURCE).requireNothingUnaccountedFor();
  }

  /** Restores each backup that has not been restored here before. */
  void requireThatAllBackupsRestore() {
    TestRepository repository = repository().orElseThrow();
    List<BackupId> listed = listed(repository);
    assertThat(StoredObjects.read(store, TestRepository.SOURCE).counting())
        .containsExactlyInAnyOrderElementsOf(listed.stream().map(BackupId::value).toList());
    for (BackupId id : listed) {
      if (restored.add(id)) {
        ManifestSchema.requireValid(store, TestRepository.SOURCE, id);
        try (TestSchema whole = server.freshSchema()) {
          repository.restore(server, id, TestRepository.renaming(source.name(), whole.name()));
          Bank.requireWhole(server, whole.name(), reported.getOrDefault(id, 0L));
        }
      }
    }
  }

  /** Prunes as if days had passed, then months: nothing stays open, and at last no record. */
  void letDaysPass() {
    prune(Duration.ofDays(2));
    StoredObjects twoDaysLater = StoredObjects.read(store, TestRepository.SOURCE);
    twoDaysLater.requireNothingUnaccountedFor();
    twoDaysLater.requireNothingOpen();
    assertThat(repository().orElseThrow().verify(100).damages()).isEmpty();
    prune(Duration.ofDays(100));
    StoredObjects monthsLater = StoredObjects.read(store, TestRepository.SOURCE);
    monthsLater.requireNothingOpen();
    assertThat(monthsLater.jobs()).as("records of jobs").hasSize(1);
    assertThat(repository().orElseThrow().verify(0).damages()).isEmpty();
  }

  private void prune(Duration later) {
    TestRepository repository = TestRepository.over(new LaterStore(store, later));
    RetentionPolicy policy = new RetentionPolicy(2, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
    new Prune(repository.source(), Progress.SILENT, Clock.systemUTC()).run(policy);
  }

  @Override
  public void close() {
    try (standby;
        copy;
        source;
        store) {
      bank.close();
    }
  }
}
