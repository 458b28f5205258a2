package io.varve.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.codec.StoredBytes;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.CountingStore;
import io.varve.testing.FolderCopy;
import io.varve.testing.LaterStore;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import io.varve.verify.Verification;
import io.varve.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prune on real backups in a folder. */
class PruneTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final BackupOptions full = TestRepository.of(schema.name());
  private final Path folder;

  PruneTest(@TempDir Path folder) {
    this.folder = folder;
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 32), 4) FROM " + Numbers.below(1_500));
  }

  @AfterEach
  void close() {
    schema.close();
  }

  /** A full one and three incrementals, each of which changes some rows. */
  private List<BackupId> fourBackups(TestRepository repository) {
    List<BackupId> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      BackupReport backup = repository.backup(server, i == 0 ? full : full.on(BackupBase.LATEST));
      ids.add(backup.id());
      schema.execute(
          "UPDATE t SET v = REVERSE(v) WHERE id BETWEEN " + 300 * i + " AND " + (300 * i + 20));
    }
    return ids;
  }

  private static RetentionPolicy last(int count) {
    return new RetentionPolicy(count, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
  }

  private static Prune prune(SourceRepository source) {
    return new Prune(source, Progress.SILENT, Clock.systemUTC());
  }

  @Test
  void whatNoRuleKeepsGoesWithAllThatOnlyItNeeds() {
    try (TestRepository repository = TestRepository.in(folder)) {
      List<BackupId> ids = fourBackups(repository);
      PruneReport plan = prune(repository.source()).plan(last(2));
      assertThat(plan.backups().stream().map(PruneReport.Verdict::stays))
          .containsExactly(false, false, true, true);
      assertThat(plan.backups().getLast().reasons()).containsExactly("last");
      assertThat(repository.source().backups()).hasSize(4);
      PruneReport report = prune(repository.source()).run(last(2));
      assertThat(report.deletedBackups()).isEqualTo(2);
      assertThat(report.deletedParts()).isPositive();
      assertThat(repository.source().backups().stream().map(Summary::id))
          .containsExactly(ids.get(2), ids.get(3));
      assertNothingIsLostOrLeft(repository);
      assertThatThrownBy(() -> repository.source().resolve(ids.getFirst().value()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("it was deleted");
    }
  }

  @Test
  void aBackupThatIsHeldStays() {
    try (TestRepository repository = TestRepository.in(folder)) {
      List<BackupId> ids = fourBackups(repository);
      SourceRepository source = repository.source();
      source.hold(ids.getFirst());
      prune(source).run(last(1));
      assertThat(source.backups().stream().map(Summary::id))
          .containsExactly(ids.getFirst(), ids.getLast());
      assertThatThrownBy(() -> prune(source).forget(ids.getFirst()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("held");
      source.release(ids.getFirst());
      prune(source).forget(ids.getFirst());
      assertThat(source.backups()).hasSize(1);
      assertNothingIsLostOrLeft(repository);
    }
  }

  @Test
  void whatARunningRestoreUsesStaysUntilItIsDone() {
    try (TestRepository repository = TestRepository.in(folder)) {
      List<BackupId> ids = fourBackups(repository);
      SourceRepository source = repository.source();
      Job restore = Job.using(source, "restore", ids.getFirst(), Clock.systemUTC());
      prune(source).run(last(1));
      assertThat(source.backups()).hasSize(1);
      for (PartEntry part : parts(source, ids.getFirst())) {
        StoredBytes stored = new StoredBytes();
        source.readPart(part, stored);
        assertThat(stored.length()).isPositive();
      }
      restore.done();
      prune(source).run(last(1));
      assertThat(source.manifestOrFence(ids.getFirst())).isEmpty();
      assertNothingIsLostOrLeft(repository);
    }
  }

  private static List<PartEntry> parts(SourceRepository source, BackupId id) {
    return source.manifestOrFence(id).orElseThrow().tables().stream()
        .flatMap(table -> table.parts().stream())
        .toList();
  }

  /** Between its listing and the first pin: to a verification such backups are no damage. */
  @Test
  void whatGoesWhileAllIsVerifiedIsNoDamage() {
    try (TestRepository repository = TestRepository.in(folder)) {
      fourBackups(repository);
      AtomicBoolean pruned = new AtomicBoolean();
      WrappedStore beside =
          new WrappedStore(
              Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
              key -> {
                if (key.contains("-verify-") && !pruned.getAndSet(true)) {
                  prune(repository.source()).run(last(1));
                }
              });
      try (TestRepository verified = TestRepository.over(beside)) {
        VerifyReport report =
            new Verification(verified.source(), 100, 2, Progress.SILENT, Clock.systemUTC())
                .runAll();
        assertThat(pruned).isTrue();
        assertThat(report.damages()).isEmpty();
        assertThat(report.backups()).isEqualTo(1);
        assertThat(report.objectsRead()).isPositive();
      }
      assertThat(repository.source().damagedParts()).isEmpty();
    }
  }

  /** Whoever floods a repository with backups of tomorrow does not make the real ones expire. */
  @Test
  void backupsThatAreDatedWronglyMakeNoOtherGo() {
    try (TestRepository repository = TestRepository.in(folder)) {
      List<BackupId> ids = fourBackups(repository);
      Clock tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
      List<Summary> real = repository.source().backups();
      BackupId forged = BackupId.next(tomorrow.instant(), ids.getFirst().kind());
      repository
          .source()
          .commit(dated(repository.source().manifest(ids.getFirst()), forged, tomorrow.instant()));
      PruneReport report = prune(repository.source()).run(last(4));
      assertThat(report.backups()).hasSize(5).allMatch(PruneReport.Verdict::stays);
      assertThat(repository.source().backups()).containsAll(real);
    }
  }

  private static Manifest dated(Manifest m, BackupId id, Instant time) {
    return new Manifest(
        m.format(),
        id,
        m.kind(),
        m.parent(),
        m.runId(),
        m.source(),
        m.server(),
        time,
        m.consistency(),
        m.toolVersion(),
        m.checksumAlgorithm(),
        m.encryption(),
        m.includes(),
        m.excludes(),
        m.schemas(),
        m.tables(),
        m.totals(),
        m.notes(),
        m.accounts(),
        m.changes(),
        m.tags(),
        m.repairs());
  }

  @Test
  void killedAfterAnyCallItLosesNothingAndTheNextFinishes(@TempDir Path copies) throws IOException {
    try (TestRepository repository = TestRepository.in(folder)) {
      fourBackups(repository);
    }
    int calls = 0;
    boolean finished = false;
    while (!finished) {
      Path copy = copies.resolve("after-" + calls);
      FolderCopy.of(folder, copy);
      ObjectStore store = Stores.open(copy.toUri().toString(), S3Options.DEFAULT);
      CountingStore dying = new CountingStore(store, calls);
      try (TestRepository repository = TestRepository.over(dying)) {
        prune(repository.source()).run(last(1));
        finished = true;
      } catch (CountingStore.Killed killed) {
        calls++;
      }
      try (TestRepository repository = TestRepository.in(copy)) {
        assertThat(repository.source().backups()).as("after %d calls", calls).isNotEmpty();
        assertThat(repository.verify(0).damages()).as("after %d calls", calls).isEmpty();
        prune(repository.source()).run(last(1));
        assertThat(repository.source().backups()).hasSize(1);
        assertNothingIsLostOrLeft(repository);
      }
    }
    assertThat(calls).as("calls that change something").isGreaterThan(10);
  }

  /** A run that was killed between summary and manifest, and never gone on with. */
  @Test
  void theSummaryOfARunThatIsDeadGoes() {
    try (TestRepository repository = TestRepository.in(folder)) {
      BackupId made = fourBackups(repository).getFirst();
      SourceRepository source = repository.source();
      BackupId dead = BackupId.next(Instant.now(), BackupKind.FULL);
      Job job = Job.ofBackup(source, Clock.systemUTC());
      job.makes(dead, null);
      repository
          .store()
          .create(
              "test/summaries/" + dead + ".json",
              Content.of(
                  repository
                      .store()
                      .get("test/summaries/" + made + ".json")
                      .orElseThrow()
                      .content()));
      prune(source).run(last(4));
      assertThat(source.recorded()).as("of an open id").contains(dead);
      job.failed(new IllegalStateException("the test says so"));
      prune(source).run(last(4));
      assertThat(source.closedIds()).contains(dead);
      assertNothingIsLostOrLeft(repository);
    }
  }

  /** Some call by call, others by several processes: those that began may be long gone. */
  @Test
  void aBackupOnWhichAnotherRunIsAtWorkIsNotGivenUp() {
    try (TestRepository repository = TestRepository.in(folder)) {
      fourBackups(repository);
      BackupId id = BackupId.next(Instant.now(), BackupKind.FULL);
      Job.ofBackup(repository.source(), Clock.systemUTC()).makes(id, null);
      try (TestRepository later =
          TestRepository.over(new LaterStore(repository.store(), Duration.ofDays(2)))) {
        Job.ofBackup(later.source(), Clock.systemUTC()).makes(id, null);
        prune(later.source()).run(last(4));
        assertThat(repository.source().closedIds()).doesNotContain(id);
      }
      try (TestRepository muchLater =
          TestRepository.over(new LaterStore(repository.store(), Duration.ofDays(4)))) {
        prune(muchLater.source()).run(last(4));
        assertThat(repository.source().closedIds()).contains(id);
      }
    }
  }

  /** A trial of the store cannot clean up when it is killed. */
  @Test
  void whatAKilledTrialOfTheStoreLeftGoesAfterADay() {
    try (TestRepository repository = TestRepository.in(folder)) {
      fourBackups(repository);
      repository.store().create("probe/of-another/round-0", Content.of("left"));
      prune(repository.source()).run(last(4));
      assertThat(trials(repository)).as("may be under way").isEqualTo(1);
      try (TestRepository later =
          TestRepository.over(new LaterStore(repository.store(), Duration.ofDays(2)))) {
        prune(later.source()).run(last(4));
      }
      assertThat(trials(repository)).isZero();
      assertNothingIsLostOrLeft(repository);
    }
  }

  private static int trials(TestRepository repository) {
    List<ObjectInfo> trials = new ArrayList<>();
    repository.store().list("probe/", trials::add);
    return trials.size();
  }

  /** All that backups name is there, and nothing of others. */
  private static void assertNothingIsLostOrLeft(TestRepository repository) {
    assertThat(repository.verify(100).damages()).isEmpty();
    Set<String> named = new HashSet<>();
    Set<BackupId> backups = new HashSet<>();
    for (Summary backup : repository.source().backups()) {
      parts(repository.source(), backup.id()).forEach(part -> named.add(part.key()));
      backups.add(backup.id());
    }
    assertThat(repository.source().partSizes().keySet()).isEqualTo(named);
    assertThat(repository.source().recorded()).isEqualTo(backups);
  }
}
