package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.mysql.Source;
import io.varve.mysql.Throttling;
import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Summary;
import io.varve.retention.Prune;
import io.varve.retention.RetentionPolicy;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.CommandLineRun;
import io.varve.testing.CountingStore;
import io.varve.testing.FolderCopy;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged parts are made again from the source, or it is said why they cannot be. */
class RepairTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final Path folder;
  private final RepositoryFiles files;
  private final List<BackupId> ids = new ArrayList<>();
  private final List<SchemaContents> contents = new ArrayList<>();
  private final List<PartEntry> parts;

  @SuppressWarnings("NullAway") // JUnit gives it
  RepairTest(@TempDir Path folder) {
    this.folder = folder;
    files = new RepositoryFiles(folder);
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(2_000));
    try (TestRepository repository = TestRepository.in(folder)) {
      backup(repository, TestRepository.of(schema.name()));
      schema.execute("UPDATE t SET v = REVERSE(v) WHERE id = 1900");
      backup(repository, TestRepository.of(schema.name()).on(BackupBase.LATEST));
      parts = parts(repository.source().manifest(ids.getFirst()));
    }
    assertThat(parts).hasSizeGreaterThan(4);
  }

  private void backup(TestRepository repository, BackupOptions options) {
    ids.add(repository.backup(server, options).id());
    contents.add(SchemaContents.of(server, schema.name()));
  }

  @AfterEach
  void close() {
    schema.close();
  }

  private static List<PartEntry> parts(Manifest manifest) {
    return manifest.tables().stream().flatMap(table -> table.parts().stream()).toList();
  }

  private CommandLineRun repair() {
    return CommandLineRun.withLogin(
        server, "repair", "--store", folder.toUri().toString(), "--source", server.uri());
  }

  private CommandLineRun verifyReading() {
    return CommandLineRun.of("verify", "--store", folder.toUri().toString(), "--read-data");
  }

  private static List<BackupId> backups(TestRepository repository) {
    return repository.source().backups().stream().map(Summary::id).toList();
  }

  @Test
  void whatBothBackupsNameIsMadeAgainAndEachRestoresWithItsOldContent() throws IOException {
    files.flipBit(parts.get(1));
    files.delete(parts.get(2));
    assertThat(verifyReading().exitCode()).isEqualTo(4);
    try (TestRepository repository = TestRepository.in(folder)) {
      repository.source().hold(ids.getFirst());
      CommandLineRun run = repair();
      assertThat(run.exitCode()).as(run.text()).isZero();
      assertThat(run.out()).contains("Repaired 2 of 2", parts.get(1).key(), parts.get(2).key());
      List<BackupId> now = backups(repository);
      assertThat(now).hasSize(2).doesNotContainAnyElementsOf(ids);
      assertThat(run.out())
          .contains(ids.get(0) + " by " + now.get(0), ids.get(1) + " by " + now.get(1));
      assertThat(repository.source().buried()).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(repository.source().held()).contains(now.getFirst());
      for (int i = 0; i < 2; i++) {
        Manifest manifest = repository.source().manifest(now.get(i));
        assertThat(manifest.repairs()).isEqualTo(ids.get(i));
        assertThat(manifest.kind()).isEqualTo(ids.get(i).kind());
        assertRestores(repository, now.get(i), contents.get(i));
      }
      assertThatThrownBy(() -> repository.source().resolve(ids.getFirst().value()))
          .isInstanceOf(InvalidRequestException.class);
    }
    assertThat(verifyReading().exitCode()).isZero();
  }

  private void assertRestores(TestRepository repository, BackupId id, SchemaContents expected) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, id, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name())).isEqualTo(expected);
    }
  }

  @Test
  void aSecondRepairDoesNothing() throws IOException {
    files.delete(parts.get(2));
    assertThat(repair().exitCode()).isZero();
    try (TestRepository repository = TestRepository.in(folder)) {
      List<BackupId> now = backups(repository);
      CommandLineRun again = repair();
      assertThat(again.exitCode()).isZero();
      assertThat(again.out()).contains("Nothing is damaged").doesNotContain("replaced");
      assertThat(backups(repository)).isEqualTo(now);
    }
  }

  @Test
  void rowsThatHaveChangedAreNotPutInPlaceOfTheOld() throws IOException {
    files.delete(parts.get(1));
    files.delete(parts.get(2));
    String first = Objects.requireNonNull(parts.get(2).lower()).getFirst();
    schema.execute("UPDATE t SET v = 'changed' WHERE id = " + first + " + 1");
    for (int run = 0; run < 2; run++) {
      CommandLineRun repair = repair();
      assertThat(repair.exitCode()).isEqualTo(4);
      assertThat(repair.out())
          .contains(parts.get(2).key() + ": the rows of its range have changed");
      assertThat(repair.err()).contains("1 damaged parts could not be made again", "full backup");
    }
    try (TestRepository repository = TestRepository.in(folder)) {
      for (BackupId id : backups(repository)) {
        assertThat(parts(repository.source().manifest(id)))
            .extracting(PartEntry::key)
            .contains(parts.get(2).key())
            .doesNotContain(parts.get(1).key());
      }
      assertThat(repository.verify(100).damages())
          .extracting(damage -> damage.key())
          .containsOnly(parts.get(2).key());
    }
  }

  @Test
  void aTableThatIsGoneOrDefinedOtherwiseIsNotMadeAgain() throws IOException {
    files.delete(parts.get(1));
    schema.execute("ALTER TABLE t ADD COLUMN more INT");
    assertThat(repair().out()).contains("the table's definition has changed");
    schema.execute("DROP TABLE t");
    CommandLineRun run = repair();
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains("the source has no such table any more");
  }

  /** A bit that flipped shows in no listing, so it is what verify has noted that counts. */
  @Test
  void aLaterIncrementalKeepsNoPartThatReadingFoundDamaged() throws IOException {
    files.flipBit(parts.get(1));
    files.delete(parts.get(2));
    verifyReading();
    try (TestRepository repository = TestRepository.in(folder)) {
      BackupReport next =
          repository.backup(server, TestRepository.of(schema.name()).on(BackupBase.LATEST));
      assertThat(parts(repository.manifest(next)))
          .extracting(PartEntry::key)
          .doesNotContain(parts.get(1).key(), parts.get(2).key())
          .contains(parts.get(0).key(), parts.get(3).key());
      assertRestores(repository, next.id(), contents.getLast());
    }
  }

  @Test
  void aDamagedManifestIsNamedAndHindersNoOther() throws IOException {
    files.edit(ids.getLast(), manifest -> manifest.put("toolVersion", "another"));
    files.delete(parts.get(1));
    CommandLineRun run = repair();
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains("Repaired 1 of 1", "the manifest of backup " + ids.getLast());
    try (TestRepository repository = TestRepository.in(folder)) {
      BackupId now = backups(repository).getFirst();
      assertThat(repository.source().manifest(now).repairs()).isEqualTo(ids.getFirst());
      assertRestores(repository, now, contents.getFirst());
    }
  }

  @Test
  void killedAfterSomeCallsItLosesNothingAndTheNextFinishes(@TempDir Path copies)
      throws IOException {
    killAfterEvery(4, copies);
  }

  @Test
  @Tag("check")
  void killedAfterAnyCallItLosesNothingAndTheNextFinishes(@TempDir Path copies) throws IOException {
    killAfterEvery(1, copies);
  }

  private void killAfterEvery(int someCalls, Path copies) throws IOException {
    files.delete(parts.get(1));
    try (TestRepository repository = TestRepository.in(folder)) {
      repository.source().hold(ids.getFirst());
    }
    int calls = 0;
    boolean finished = false;
    while (!finished) {
      Path copy = copies.resolve("after-" + calls);
      FolderCopy.of(folder, copy);
      CountingStore dying =
          new CountingStore(Stores.open(copy.toUri().toString(), S3Options.DEFAULT), calls);
      try (TestRepository repository = TestRepository.over(dying)) {
        repair(repository);
        finished = true;
      } catch (CountingStore.Killed killed) {
        calls += someCalls;
      }
      new RepositoryFiles(copy).letLeaseRunOut(); // its holder, this process, lives on
      try (TestRepository repository = TestRepository.in(copy)) {
        assertPruneKeepsBoth(repository);
        repair(repository);
        List<BackupId> now = backups(repository);
        assertThat(now).as("after %d calls", calls).hasSize(2).doesNotContainAnyElementsOf(ids);
        assertThat(repository.source().held()).contains(now.getFirst());
        assertThat(repository.verify(100).damages()).as("after %d calls", calls).isEmpty();
        assertThat(repair(repository).backups()).isEmpty();
      }
      if (calls % 8 == 0) {
        assertTheNextBackupIsOneOfItsOwn(copy);
      }
    }
    assertThat(calls).as("calls that change something").isGreaterThan(12);
  }

  /** To the policy a backup and what stands for it are one, also while both are there. */
  private static void assertPruneKeepsBoth(TestRepository repository) {
    RetentionPolicy two = new RetentionPolicy(2, 0, 0, 0, 0, 0, Optional.empty(), Set.of());
    assertThat(
            new Prune(repository.source(), Progress.SILENT, Clock.systemUTC()).plan(two).backups())
        .allMatch(verdict -> verdict.stays());
  }

  /** A repair that was killed leaves an open id, which no backup may go on with. */
  private void assertTheNextBackupIsOneOfItsOwn(Path copy) {
    try (TestRepository repository = TestRepository.in(copy)) {
      BackupReport next = repository.backup(server, TestRepository.of(schema.name()));
      assertThat(next.parent()).isEmpty();
      assertThat(next.changes().partsKept()).isZero();
      assertRestores(repository, next.id(), contents.getLast());
    }
  }

  private RepairReport repair(TestRepository repository) {
    try (Source source = Source.connect(TestRepository.settings(server))) {
      return new Repair(
              source, repository.source(), 1, Throttling.NONE, Progress.SILENT, Clock.systemUTC())
          .run();
    }
  }
}
