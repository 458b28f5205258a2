package io.varve;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupReport;
import io.varve.repository.Changes;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Summary;
import io.varve.testing.Bank;
import io.varve.testing.CommandLineChild;
import io.varve.testing.CommandLineRun;
import io.varve.testing.ManifestSchema;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes make one backup, while others write to the source. Those that are at work at
 * the same time are processes indeed; what runs alone is run in this one, which need not start.
 */
class SharedWorkTest {

  private static final int ACCOUNTS = 40_000;
  private static final String JOB = "nightly-1";

  /** Three sessions with this pause come to some 500 commits a second. */
  private static final Duration BETWEEN_COMMITS = Duration.ofMillis(5);

  @TempDir private Path folder;
  private final TestServer server = TestServer.shared();
  private TestRepository repository;
  private TestSchema bank;
  private TestSchema copy;

  @BeforeEach
  void open() {
    repository = TestRepository.in(folder);
    bank = server.freshSchema();
    copy = server.freshSchema();
  }

  @AfterEach
  void close() {
    bank.close();
    copy.close();
    repository.close();
  }

  @Test
  void fourProcessesShareOneSnapshotAndNothingIsJudgedAgain() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    Set<String> ofWorkers;
    try (Bank.Transfers transfers = accounts.transfersBetween(ACCOUNTS, BETWEEN_COMMITS)) {
      transfers.await(100);
      plan(4, "--share-snapshot");
      assertThat(work(0, 1, 2, 3)).allMatch(text -> text.contains("one with all other workers"));
      transfers.await(transfers.count() + 100);
      ofWorkers = repository.source().partSizes().keySet();
      requireDone(run("finish", JOB));
    }
    Manifest backup = newest();
    assertThat(backup.consistency().snapshot()).isEqualTo("lock-tables");
    assertThat(backup.consistency().processes()).isEqualTo(4);
    assertThat(keys(backup)).as("nothing is read by whoever finishes").isEqualTo(ofWorkers);
    requireRestoresToOneInstant(accounts);
  }

  @Test
  void oneWorkerAloneIsAMeetingTooAndWhoeverFinishesReadsNothing() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    try (Bank.Transfers transfers = accounts.transfersBetween(ACCOUNTS, BETWEEN_COMMITS)) {
      transfers.await(20);
    }
    plan(1, "--share-snapshot");
    assertThat(work(0).getFirst()).contains("one with all other workers");
    Set<String> ofWorkers = repository.source().partSizes().keySet();
    requireDone(run("finish", JOB));
    assertThat(newest().consistency().processes()).isEqualTo(1);
    assertThat(keys(newest())).isEqualTo(ofWorkers);
    requireRestoresToOneInstant(accounts);
  }

  @Test
  void processesWithSnapshotsOfTheirOwnMakePartsThatOneConsistentPassTakes() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    Set<String> ofWorkers;
    try (Bank.Transfers transfers = accounts.transfersBetween(100, BETWEEN_COMMITS)) {
      transfers.await(20);
      plan(3);
      work(2);
      transfers.await(transfers.count() + 20);
      work(0, 1);
      transfers.await(transfers.count() + 20);
      ofWorkers = repository.source().partSizes().keySet();
      requireDone(run("finish", JOB));
    }
    Manifest backup = newest();
    assertThat(backup.consistency().processes()).isNull();
    Set<String> again = new HashSet<>(keys(backup));
    again.removeAll(ofWorkers);
    assertThat(again).as("what had changed since was read").isNotEmpty();
    assertThat(again.size()).as("what held was not").isLessThan(ofWorkers.size() / 2);
    requireRestoresToOneInstant(accounts);
  }

  @Test
  void aWorkerThatDiesOrRunsTwiceChangesNothing() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    try (Bank.Transfers transfers = accounts.transfersBetween(100, BETWEEN_COMMITS)) {
      transfers.await(20);
      plan(3);
      try (CommandLineChild killed = start("work", JOB, "--worker", "1", "--limit-rate", "64K")) {
        transfers.await(transfers.count() + 300);
        killed.kill();
      }
      work(0, 0); // both at once: the one that comes second has nothing to do, or is told to wait
      assertThat(work(0).getFirst()).contains("its share was read already");
      requireDone(run("finish", JOB));
    }
    requireRestoresToOneInstant(accounts);
    assertThat(work(2).getFirst()).contains("the backup is there already");
    String again = run("finish", JOB);
    requireDone(again);
    assertThat(again).contains(newest().id().value());
    assertThat(repository.source().backups()).hasSize(1);
    assertThat(repository.source().openJobs()).as("all have ended").isEmpty();
  }

  @Test
  void oneWorkerThatDoesNotComeCostsTheOthersTheirSnapshotAndNobodyTheBackup() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    try (Bank.Transfers transfers = accounts.transfersBetween(100, BETWEEN_COMMITS)) {
      transfers.await(20);
      plan(3, "--share-snapshot");
      List<CommandLineChild> two = new ArrayList<>();
      for (int worker : new int[] {0, 2}) {
        two.add(start("work", JOB, "--worker", "" + worker, "--patience", "2s"));
      }
      for (CommandLineChild child : two) {
        assertThat(child.await()).as(child.text()).isZero();
        assertThat(child.text()).contains("of its own: 2 of 3 workers came in time");
        child.close();
      }
      assertThat(work(1).getFirst()).contains("of its own: 2 of 3 workers came in time");
      requireDone(run("finish", JOB));
    }
    requireRestoresToOneInstant(accounts);
  }

  @Test
  void anIncrementalOfSeveralProcessesReadsWhatHasChanged() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    server.execute(
        "CREATE TABLE " + bank.name() + ".words (word VARCHAR(60) PRIMARY KEY, n INT)",
        "INSERT INTO "
            + bank.name()
            + ".words SELECT SHA2(n, 224), n FROM "
            + Numbers.below(20_000));
    try (Bank.Transfers transfers = accounts.transfersBetween(50, BETWEEN_COMMITS)) {
      transfers.await(20);
      plan(1);
      work(0);
      requireDone(run("finish", JOB));
    }
    server.execute(
        "UPDATE " + bank.name() + ".words SET n = n + 1 WHERE n = 4711",
        "DELETE FROM " + bank.name() + ".words WHERE word < '1'",
        "CREATE TABLE " + bank.name() + ".empty (id INT PRIMARY KEY)");
    requireDone(
        run(
            "backup",
            "--workers",
            "2",
            "--job",
            "nightly-2",
            "--share-snapshot",
            "--incremental",
            "--include",
            bank.name() + ".*",
            "--part-size",
            "64K"));
    try (CommandLineChild one = start("work", "nightly-2", "--worker", "0");
        CommandLineChild other = start("work", "nightly-2", "--worker", "1")) {
      assertThat(one.await()).as(one.text()).isZero();
      assertThat(other.await()).as(other.text()).isZero();
    }
    requireDone(run("finish", "nightly-2"));
    Manifest backup = newest();
    assertThat(backup.consistency().processes()).isEqualTo(2);
    Changes changes = requireNonNull(backup.changes());
    assertThat(changes.partsKept()).isGreaterThan(changes.partsStored());
    requireRestoresToOneInstant(accounts);
    assertThat(sumsOfWords(copy)).isEqualTo(sumsOfWords(bank));
  }

  @Test
  void ddlAfterTheSnapshotIsSeenByWhoeverFinishes() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    try (Bank.Transfers transfers = accounts.transfersBetween(ACCOUNTS, BETWEEN_COMMITS)) {
      transfers.await(20);
      plan(2, "--share-snapshot");
      work(0, 1);
    }
    server.execute("ALTER TABLE " + bank.name() + ".accounts ADD COLUMN more INT");
    requireDone(run("finish", JOB));
    assertThat(newest().consistency().processes()).isNull();
    requireRestoresToOneInstant(accounts);
  }

  @Test
  void threeProcessesLoadEachPartOnceAndOneEndsTheRestore() throws Exception {
    Bank accounts = Bank.open(bank, ACCOUNTS);
    try (Bank.Transfers transfers = accounts.transfersBetween(ACCOUNTS, Duration.ZERO)) {
      transfers.await(100);
    }
    BackupReport backup = repository.backup(server, TestRepository.of(bank.name() + ".*"));
    requireDone(
        run(
            "restore",
            "--workers",
            "3",
            "--job",
            "copy-1",
            "--rename",
            bank.name() + "=" + copy.name()));
    try (CommandLineChild killed =
            start("work", "copy-1", "--worker", "0", "--limit-rate", "256K");
        // so slow that neither has loaded all before the other has started
        CommandLineChild one =
            start("work", "copy-1", "--worker", "1", "--json", "--limit-rate", "384K");
        CommandLineChild other =
            start("work", "copy-1", "--worker", "2", "--json", "--limit-rate", "384K")) {
      assertThat(one.await()).as(one.text()).isZero();
      assertThat(other.await()).as(other.text()).isZero();
      killed.kill();
      long rows = rowsLoaded(one) + rowsLoaded(other);
      assertThat(rows).as("both have loaded").isLessThanOrEqualTo(backup.totals().rows());
      assertThat(rowsLoaded(one)).isPositive();
      assertThat(rowsLoaded(other)).isPositive();
    }
    String again = run("work", "copy-1", "--worker", "1", "--json");
    requireDone(again);
    requireDone(run("finish", "copy-1"));
    accounts.requireOneInstant(copy);
    assertThat(run("work", "copy-1", "--worker", "1"))
        .startsWith("exit code 0\n")
        .contains("the restore is finished");
    String twice = run("finish", "copy-1");
    requireDone(twice);
    assertThat(twice).contains("is verified");
  }

  private static long rowsLoaded(CommandLineChild child) {
    Matcher rows = Pattern.compile("\"rows\":([0-9]+)").matcher(child.text());
    assertThat(rows.find()).as(child.text()).isTrue();
    return Long.parseLong(rows.group(1));
  }

  private List<List<String>> sumsOfWords(TestSchema schema) {
    return server.rows("SELECT COUNT(*), SUM(n) FROM " + schema.name() + ".words");
  }

  @Test
  void workersThatWouldLogAreNotPlannedWhereNothingIsToBeLogged() {
    assertThat(run("restore", "--workers", "2", "--job", "copy-2", "--no-binary-log"))
        .startsWith("exit code 2\n")
        .contains("--no-binary-log does not go with --workers");
  }

  private void plan(int workers, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "backup",
                "--workers",
                "" + workers,
                "--job",
                JOB,
                "--include",
                bank.name() + ".*",
                "--part-size",
                "64K"));
    args.addAll(List.of(more));
    requireDone(run(args.toArray(String[]::new)));
  }

  /** Some workers at once; what each has printed. */
  private List<String> work(int... workers) {
    if (workers.length == 1) {
      String run = run("work", JOB, "--worker", "" + workers[0]);
      requireDone(run);
      return List.of(run);
    }
    List<CommandLineChild> children =
        IntStream.of(workers)
            .mapToObj(worker -> start("work", JOB, "--worker", "" + worker))
            .toList();
    List<String> texts = new ArrayList<>();
    for (CommandLineChild child : children) {
      int code = child.await();
      texts.add(child.text());
      assertThat(code).as(child.text()).isIn(0, 5);
      child.close();
    }
    return texts;
  }

  private CommandLineChild start(String... args) {
    return CommandLineChild.start(server, withPlaces(args));
  }

  private String[] withPlaces(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(
        List.of(
            "--store",
            folder.toUri().toString(),
            args[0].equals("restore") || args.length > 1 && args[1].startsWith("copy")
                ? "--target"
                : "--source",
            server.uri(),
            "--name",
            TestRepository.SOURCE,
            "--parallel",
            "2"));
    return all.toArray(String[]::new);
  }

  private String run(String... args) {
    CommandLineRun run = CommandLineRun.withLogin(server, withPlaces(args));
    return "exit code " + run.exitCode() + "\n" + run.text();
  }

  private static void requireDone(String run) {
    assertThat(run).startsWith("exit code 0\n");
  }

  private Manifest newest() {
    Summary backup = repository.source().backups().getLast();
    ManifestSchema.requireValid(repository.store(), TestRepository.SOURCE, backup.id());
    return repository.source().manifest(backup.id());
  }

  private void requireRestoresToOneInstant(Bank accounts) {
    repository.restore(server, newest().id(), TestRepository.renaming(bank.name(), copy.name()));
    accounts.requireOneInstant(copy);
  }

  private static Set<String> keys(Manifest manifest) {
    return manifest.tables().stream()
        .flatMap(table -> table.parts().stream())
        .map(PartEntry::key)
        .collect(Collectors.toSet());
  }
}
