package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.store.S3Options;
import io.varve.store.Stores;
import io.varve.testing.Bank;
import io.varve.testing.Numbers;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.WrappedStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups that take longer than one call may. The time of the limit is the tests' own, so that a
 * machine that is busy changes nothing: each part that is put takes a tenth of a second of it, and
 * each look at the clock some more.
 */
@Tag("time")
class DeadlineTest {

  private static final Duration CALL = Duration.ofSeconds(3);
  private static final long PART_NANOS = 100_000_000;
  private static final int ACCOUNTS = 2_000;
  private static final int MOST_CALLS = 40;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final AtomicLong now = new AtomicLong();
  private final Path folder;
  private TestRepository repository;
  private Duration look = Duration.ofMillis(1);

  DeadlineTest(@TempDir Path folder) {
    this.folder = folder;
    this.repository = TestRepository.in(folder);
  }

  @BeforeEach
  void letPartsTakeTime() {
    repository.close();
    repository =
        TestRepository.over(
            new WrappedStore(
                Stores.open(folder.toUri().toString(), S3Options.DEFAULT),
                key -> {
                  if (key.contains("/parts/")) {
                    now.addAndGet(PART_NANOS);
                  }
                }));
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
  }

  private BackupOptions options() {
    return new BackupOptions(
        TestRepository.of(schema.name()).selection(), 1, 1_500, 1, Optional.empty());
  }

  private BackupReport call() {
    return repository.backup(
        server, options().until(TimeLimit.in(CALL, () -> now.addAndGet(look.toNanos()))));
  }

  /** Calls until it is done or refused; answers the refusal. */
  private Optional<InvalidRequestException> callAgainAndAgain(Set<String> tokens) {
    for (int calls = 0; calls < MOST_CALLS; calls++) {
      try {
        call();
        return Optional.empty();
      } catch (ContinueException next) {
        assertThat(next.exitCode()).isEqualTo(7);
        tokens.add(next.token() + " " + calls);
      } catch (InvalidRequestException refused) {
        return Optional.of(refused);
      }
    }
    throw new AssertionError("called " + MOST_CALLS + " times, and would for ever");
  }

  @Test
  void whatTakesManyCallsConvergesWhileWritersWriteAndIsOneInstant() throws SQLException {
    Bank bank = Bank.open(schema, 2 * ACCOUNTS);
    Set<String> tokens = new TreeSet<>();
    try (Bank.Transfers transfers = bank.transfersBetween(40, Duration.ofMillis(20))) {
      transfers.await(5);
      assertThat(callAgainAndAgain(tokens)).isEmpty();
    }
    assertThat(tokens).as("calls").hasSizeGreaterThanOrEqualTo(5);
    var backup = repository.source().backups().getFirst();
    assertThat(tokens).allMatch(token -> token.startsWith(backup.id() + " "));
    assertThat(repository.source().manifest(backup.id()).consistency().passes()).isEqualTo(1);
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup.id(), TestRepository.renaming(schema.name(), copy.name()));
      bank.requireOneInstant(copy);
    }
  }

  @Test
  void aRateOfChangeThatOutrunsTheCallsIsSaidWithNumbersAndWaysOut() throws SQLException {
    Bank bank = Bank.open(schema, ACCOUNTS);
    Set<String> tokens = new TreeSet<>();
    InvalidRequestException refused;
    try (Bank.Transfers transfers = bank.transfersBetween(ACCOUNTS, Duration.ofMillis(5))) {
      transfers.await(50);
      refused = callAgainAndAgain(tokens).orElseThrow();
    }
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.reason())
        .containsPattern("a call needs about [0-9.]+ seconds and has 2.5 for work")
        .containsPattern("[1-9][0-9]?[0-9]?% of them have changed");
    assertThat(needed(refused)).isGreaterThan(2.5);
    assertThat(refused.hint()).contains("--deadline", "--parallel", "several names");
    assertThat(tokens).as("calls that were told to go on").hasSizeGreaterThanOrEqualTo(2);
    BackupReport whole = repository.backup(server, options());
    assertThat(tokens.iterator().next()).as("goes on with").startsWith(whole.id() + " ");
    assertRestores(whole);
  }

  private static double needed(InvalidRequestException refused) {
    return Double.parseDouble(refused.reason().replaceAll(".*about ([0-9.]+) seconds.*", "$1"));
  }

  private void assertRestores(BackupReport backup) {
    try (TestSchema copy = server.freshSchema()) {
      repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(SchemaContents.of(server, copy.name()))
          .isEqualTo(SchemaContents.of(server, schema.name()));
    }
  }

  /** What is new is read first, so that nothing else would ever be judged. */
  @Test
  void rowsThatComeFasterThanTheyAreReadAreSaid() {
    schema.execute(
        "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB");
    Optional<InvalidRequestException> refused = Optional.empty();
    for (int calls = 0; refused.isEmpty(); calls++) {
      assertThat(calls).as("calls").isLessThan(MOST_CALLS);
      schema.execute(
          "INSERT INTO t (v) SELECT LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(2_000));
      server.rows("ANALYZE TABLE " + schema.name() + ".t");
      try {
        call();
      } catch (ContinueException next) {
        assertThat(next.exitCode()).isEqualTo(7);
      } catch (InvalidRequestException outrun) {
        refused = Optional.of(outrun);
      }
    }
    assertThat(refused.get().reason())
        .contains("rows come in faster than they are read")
        .containsPattern("the tables have grown by [1-9][0-9,]* kB")
        .containsPattern("all calls have read [1-9][0-9,]* kB");
    assertRestores(repository.backup(server, options()));
  }

  @Test
  void aSizeThatNoCallCanJudgeIsSaid() {
    Bank.open(schema, ACCOUNTS);
    look = Duration.ofMillis(60);
    InvalidRequestException refused = callAgainAndAgain(new TreeSet<>()).orElseThrow();
    assertThat(refused.reason()).contains("0% of them have changed");
    assertThat(needed(refused)).isGreaterThan(2.5);
    assertRestores(repository.backup(server, options()));
  }

  /** No call could go on where another stopped. */
  @Test
  void aTableWithoutAKeyThatTakesLongerThanACallIsNamed() {
    schema.execute(
        "CREATE TABLE keyless (v CHAR(40)) ENGINE=InnoDB",
        "INSERT INTO keyless SELECT LEFT(SHA2(n, 224), 40) FROM " + Numbers.below(6_000));
    look = Duration.ofMillis(400);
    InvalidRequestException refused = callAgainAndAgain(new TreeSet<>()).orElseThrow();
    assertThat(refused.reason()).contains("table " + schema.name() + ".keyless has no key", "2.5");
    assertRestores(repository.backup(server, options()));
  }

  @Test
  void aCallThatCannotEvenBeginSaysSo() {
    Bank.open(schema, 10);
    look = Duration.ofSeconds(3);
    VarveException refused = catchThrowableOfType(VarveException.class, this::call);
    assertThat(refused).isInstanceOf(InvalidRequestException.class);
    assertThat(refused.reason()).contains("over before a row was read");
  }
}
