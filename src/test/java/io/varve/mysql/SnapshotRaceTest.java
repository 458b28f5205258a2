package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Opens snapshots while others commit, and adds up what each connection sees. */
@SuppressWarnings("try") // writers only have to run
class SnapshotRaceTest {

  private static final int CONNECTIONS = 4;
  private static final Pattern GTID_INTERVAL = Pattern.compile(":(\\d+)(?:-(\\d+))?(?=[:,]|$)");

  private static final Duration BUDGET = Duration.ofSeconds(30);

  private static final TestServer TESTED = TestServer.shared();

  @Test
  void logPositionsProveEqualSnapshots() throws Exception {
    race(byLog(), 300, 3000);
  }

  @Test
  void locksProveEqualSnapshots() throws Exception {
    race(SnapshotWay.LOCK_TABLES, 300, 3000);
  }

  @Test
  @Tag("check")
  void manyOpeningsAtEveryRateAreEqual() throws Exception {
    for (int perSecond : List.of(500, 1000, 3000)) {
      race(byLog(), 700, perSecond);
      race(SnapshotWay.LOCK_TABLES, 150, perSecond);
    }
  }

  @Test
  @Tag("check")
  void positionsAreExactWhileTheLogRotates() throws Exception {
    ScheduledExecutorService rotation = Executors.newSingleThreadScheduledExecutor();
    try (Connection connection = TESTED.connect();
        Statement statement = connection.createStatement()) {
      Future<?> rotations =
          rotation.scheduleWithFixedDelay(
              () -> execute(statement, "FLUSH BINARY LOGS"), 0, 10, TimeUnit.MILLISECONDS);
      race(byLog(), 1000, 0);
      assertThat(rotations.isDone()).as("rotation failed").isFalse();
      rotation.shutdown();
      assertThat(rotation.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      rotation.shutdownNow();
    }
  }

  @Test
  void theSameTestCatchesTheNaiveWay() throws Exception {
    String endOfLog = TESTED.isMariaDb() ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS";
    assertThat(wrongOpenings(endOfLog, Duration.ofSeconds(30))).isPositive();
  }

  @Test
  @Tag("check")
  void theSameTestCatchesTheNaiveWayWithGtids() throws Exception {
    String endOfLog =
        TESTED.isMariaDb() ? "SELECT @@GLOBAL.gtid_binlog_pos" : "SELECT @@GLOBAL.gtid_executed";
    assertThat(wrongOpenings(endOfLog, Duration.ofMinutes(5))).isPositive();
  }

  private SnapshotWay byLog() {
    return TESTED.isMariaDb() ? SnapshotWay.BINLOG_STATUS : SnapshotWay.GTID;
  }

  // The same connections open all the snapshots: making new ones would take most of the time.
  private void race(SnapshotWay way, int openings, int perSecond) throws Exception {
    try (TestSchema schema = TESTED.freshSchema();
        DatabaseServer server = Servers.connect()) {
      Writers.createTable(schema);
      SnapshotMethod method = method(way, server, new TableName(schema.name(), "c"));
      long base = transactions();
      int accepted = 0;
      int failed = 0;
      long began = System.nanoTime();
      try (Candidates candidates =
              Candidates.open(server, CONNECTIONS + method.spares(CONNECTIONS));
          Writers writers = Writers.start(schema, 8, perSecond)) {
        assertThat(method.obstacle(candidates.all().getFirst())).isEmpty();
        while (accepted < openings) {
          if (accepted % 50 == 0) {
            // The server scans a log file for each position's GTID: keep the files short.
            TESTED.execute("FLUSH BINARY LOGS");
          }
          switch (method.open(candidates, CONNECTIONS, Deadline.in(BUDGET))) {
            case SnapshotMethod.Outcome.Opened opened -> {
              assertThatAllSeeOneInstant(opened, schema.name() + ".c", base);
              accepted++;
            }
            case SnapshotMethod.Outcome.Failed(String reason) ->
                assertThat(failed++).as(reason).isLessThan(3);
            case SnapshotMethod.Outcome.Denied(String reason) -> throw new AssertionError(reason);
          }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        long commits = writers.stop();
        System.out.printf(
            "%s: %d openings in %.1f s at %.0f commits/s%n",
            way, accepted, seconds, commits / seconds);
        assertThat(commits).isGreaterThan(accepted);
      }
    }
  }

  private static void assertThatAllSeeOneInstant(
      SnapshotMethod.Outcome.Opened opened, String table, long base) throws SQLException {
    List<Long> sums = new ArrayList<>();
    for (Connection connection : opened.connections()) {
      sums.add(NaiveOpenings.sum(connection, table));
    }
    assertThat(sums).hasSize(CONNECTIONS).containsOnly(sums.getFirst());
    String gtids = opened.position().orElseThrow().gtidSet().orElseThrow();
    assertThat(transactionsIn(gtids) - base)
        .as("the recorded position %s", opened.position())
        .isEqualTo(sums.getFirst());
  }

  private static SnapshotMethod method(SnapshotWay way, DatabaseServer server, TableName table) {
    return switch (way) {
      case GTID -> new GtidBracket(server.info());
      case BINLOG_STATUS -> new BinlogSnapshotStatus(server.info());
      case LOCK_TABLES -> new LockedTables(server.info(), List.of(table));
      case SINGLE -> new SingleConnection(server.info());
    };
  }

  private int wrongOpenings(String endOfLog, Duration bound) throws Exception {
    long end = System.nanoTime() + bound.toNanos();
    try (TestSchema schema = TESTED.freshSchema()) {
      Writers.createTable(schema);
      try (Writers unused = Writers.start(schema, 32, 0);
          NaiveOpenings naive = new NaiveOpenings(schema, CONNECTIONS, endOfLog)) {
        while (naive.wrong() == 0 && System.nanoTime() < end) {
          naive.tryOnce();
        }
        System.out.printf(
            "naive (%s): %d of %d accepted openings are wrong%n",
            endOfLog, naive.wrong(), naive.accepted());
        return naive.wrong();
      }
    }
  }

  private static void execute(Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static long transactions() {
    return transactionsIn(
        TESTED.isMariaDb()
            ? TESTED.value("SELECT @@GLOBAL.gtid_binlog_pos")
            : TESTED.value("SELECT @@GLOBAL.gtid_executed").replace("\n", ""));
  }

  /** How many transactions a GTID set (MySQL) or position (MariaDB) holds. */
  private static long transactionsIn(String gtids) {
    if (TESTED.isMariaDb()) {
      return Long.parseLong(gtids.substring(gtids.lastIndexOf('-') + 1));
    }
    long count = 0;
    for (String perServer : gtids.split(",", -1)) {
      String intervals = perServer.substring(perServer.indexOf(':'));
      for (MatchResult interval : GTID_INTERVAL.matcher(intervals).results().toList()) {
        long first = Long.parseLong(interval.group(1));
        String last = interval.group(2);
        count += last == null ? 1 : Long.parseLong(last) - first + 1;
      }
    }
    return count;
  }
}
