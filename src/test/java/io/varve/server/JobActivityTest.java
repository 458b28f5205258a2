package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Progress;
import io.varve.api.Activity;
import io.varve.api.TableActivity;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupReport;
import io.varve.repository.JobLog;
import io.varve.testing.Numbers;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.verify.Verification;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is heard of jobs: of real ones, and of thousands of tables. */
class JobActivityTest {

  private static final Clock CLOCK = Clock.systemUTC();

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestRepository repository;

  JobActivityTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
    copy.close();
  }

  /** Looks what is heard at the end of each phase. */
  private static final class Phases implements Progress {
    private final JobActivity activity = new JobActivity(CLOCK);
    private final Map<String, Activity> last = new LinkedHashMap<>();

    @Override
    public void begin(String phase, long expectedBytes) {
      activity.begin(phase, expectedBytes);
    }

    @Override
    public void advance(long rows, long bytes) {
      activity.advance(rows, bytes);
    }

    @Override
    public void tables(int number) {
      activity.tables(number);
    }

    @Override
    public void tableBegins(String schema, String table, long expectedBytes) {
      activity.tableBegins(schema, table, expectedBytes);
    }

    @Override
    public void advance(String schema, String table, long rows, long bytes) {
      activity.advance(schema, table, rows, bytes);
    }

    @Override
    public synchronized void tableEnds(String schema, String table) {
      activity.tableEnds(schema, table);
      Activity now = activity.now();
      last.put(now.phase(), now);
    }

    @Override
    public void warn(String text) {
      activity.warn(text);
    }

    private synchronized Activity last(String phase) {
      assertThat(last).containsKey(phase);
      return last.getOrDefault(phase, activity.now());
    }
  }

  private static void assertAllDone(Activity phase, String schema, long rows, long bytes) {
    assertThat(phase.tablesTotal()).isEqualTo(2);
    assertThat(phase.tablesDone()).isEqualTo(2);
    assertThat(phase.tables()).hasSize(2).allMatch(TableActivity::done);
    assertThat(phase.tables()).allMatch(table -> table.schema().equals(schema));
    assertThat(phase.tables()).allMatch(table -> table.phase().equals(phase.phase()));
    TableActivity large =
        phase.tables().stream().filter(table -> table.table().equals("large")).findFirst().get();
    assertThat(large.rows()).isEqualTo(rows);
    assertThat(large.bytes()).isEqualTo(bytes);
    assertThat(large.expectedBytes()).isPositive();
    assertThat(phase.rows()).isEqualTo(rows + 2);
  }

  @Test
  void eachTableIsHeardOfInEachPhase() {
    copy.execute("DROP DATABASE " + copy.name());
    schema.execute(
        "CREATE TABLE large (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB",
        "INSERT INTO large SELECT n, SHA2(n, 512) FROM " + Numbers.below(2_000),
        "CREATE TABLE small (id INT PRIMARY KEY) ENGINE=InnoDB",
        "INSERT INTO small VALUES (1), (2)");
    Phases backup = new Phases();
    BackupReport full = repository.backup(server, TestRepository.of(schema.name()), backup);
    long bytes =
        repository.manifest(full).tables().stream()
            .filter(table -> table.definition().name().table().equals("large"))
            .flatMap(table -> table.parts().stream())
            .mapToLong(part -> part.rawBytes())
            .sum();
    assertAllDone(backup.last("reading"), schema.name(), 2_000, bytes);

    Phases restore = new Phases();
    repository.restore(
        server, full.id(), TestRepository.renaming(schema.name(), copy.name()), restore);
    assertAllDone(restore.last("loading"), copy.name(), 2_000, bytes);
    assertAllDone(restore.last("verifying"), copy.name(), 2_000, bytes);

    Phases verify = new Phases();
    new Verification(repository.source(), 100, 2, verify, CLOCK).run(List.of(full.id()));
    assertAllDone(verify.last("reading"), schema.name(), 2_000, bytes);

    schema.execute("INSERT INTO small VALUES (3)");
    Phases incremental = new Phases();
    repository.backup(server, TestRepository.of(schema.name()).on(BackupBase.LATEST), incremental);
    assertThat(incremental.last("reading").tablesDone()).isEqualTo(2);

    assertThat(restore.activity.lines())
        .extracting(JobLog.Line::text)
        .anyMatch(text -> text.startsWith("Begins loading about "))
        .anyMatch(text -> text.matches("Has ended loading: 2,002 rows, .*, 2 of 2 tables\\."));
  }

  @Test
  void ofThousandsOfTablesThoseAtWorkAreShownAndThoseDoneLast() {
    JobActivity activity = new JobActivity(CLOCK);
    activity.begin("reading", 1_000);
    activity.tables(5_000);
    for (int i = 0; i < 4_000; i++) {
      activity.tableBegins("db", "t" + i, 10);
      activity.advance("db", "t" + i, 1, 7);
      if (i >= 3) {
        activity.tableEnds("db", "t" + i);
      }
    }
    Activity now = activity.now();
    assertThat(now.rows()).isEqualTo(4_000);
    assertThat(now.tablesDone()).isEqualTo(3_997);
    assertThat(now.tablesTotal()).isEqualTo(5_000);
    assertThat(now.tables()).hasSize(50);
    assertThat(now.tables().subList(0, 5))
        .extracting(TableActivity::table)
        .containsExactly("t0", "t1", "t2", "t3999", "t3998");
    assertThat(now.tables().getFirst())
        .isEqualTo(new TableActivity("db", "t0", "reading", 1, 7, 10, false));
    activity.begin("indexing", 0);
    assertThat(activity.now().tables()).isEmpty();
    assertThat(activity.now().tablesTotal()).isZero();
  }

  @Test
  void whatItTellsIsBounded() {
    JobActivity activity = new JobActivity(CLOCK);
    for (int i = 0; i < 10_000; i++) {
      activity.warn("warning " + i);
    }
    assertThat(activity.lines()).hasSizeBetween(100, 1_000);
    assertThat(activity.lines().getLast().text()).isEqualTo("warning 9999");
    activity.forgetLines(activity.lines().size());
    assertThat(activity.lines()).isEmpty();
  }
}
