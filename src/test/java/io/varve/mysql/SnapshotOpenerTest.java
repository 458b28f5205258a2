package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotOpenerTest {

  private static final TestServer TESTED = TestServer.shared();
  private static final SnapshotWay BY_LOG =
      TESTED.isMariaDb() ? SnapshotWay.BINLOG_STATUS : SnapshotWay.GTID;

  private TestSchema schema;
  private List<TableName> tables;

  @BeforeEach
  void makeTables() {
    schema = TESTED.freshSchema();
    schema.execute(
        "CREATE TABLE c (id INT PRIMARY KEY, v INT NOT NULL)",
        "INSERT INTO c VALUES (1, 1)",
        "CREATE TABLE `we``ird .name` (id INT PRIMARY KEY)");
    tables =
        List.of(new TableName(schema.name(), "c"), new TableName(schema.name(), "we`ird .name"));
  }

  @AfterEach
  void dropTables() {
    schema.close();
  }

  @Test
  void theFirstWayIsTheServersLog() throws SQLException {
    try (DatabaseServer server = Servers.connect();
        Snapshot snapshot = new SnapshotOpener(server).open(SnapshotRequest.of(3, tables))) {
      assertThat(snapshot.way()).isEqualTo(BY_LOG);
      assertThat(snapshot.connections()).hasSize(3);
      assertThat(snapshot.shortfalls()).isEmpty();
      assertThat(snapshot.position().orElseThrow().gtidSet()).isPresent();
      assertThat(snapshot.takenAt())
          .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
      schema.execute("UPDATE c SET v = 2");
      for (Connection connection : snapshot.connections()) {
        assertThat(sum(connection)).isEqualTo(1);
      }
    }
  }

  @Test
  void rollingBackToASavepointKeepsTheSnapshot() throws SQLException {
    try (DatabaseServer server = Servers.connect();
        Snapshot snapshot = new SnapshotOpener(server).open(SnapshotRequest.of(1, tables));
        Statement statement = snapshot.connections().getFirst().createStatement()) {
      statement.execute("SAVEPOINT s");
      schema.execute("UPDATE c SET v = 2");
      assertThat(sum(statement.getConnection())).isEqualTo(1);
      statement.execute("ROLLBACK TO SAVEPOINT s");
      assertThat(sum(statement.getConnection())).isEqualTo(1);
    }
  }

  @Test
  void everyWayLeavesNeitherLocksNorConnections() throws SQLException {
    for (SnapshotWay way : List.of(BY_LOG, SnapshotWay.LOCK_TABLES, SnapshotWay.SINGLE)) {
      try (TestUser user = snapshotUser();
          DatabaseServer server = DatabaseServer.connect(Servers.settings(user))) {
        SnapshotRequest request = SnapshotRequest.of(3, tables).forcing(way);
        try (Snapshot snapshot = new SnapshotOpener(server).open(request)) {
          assertThat(snapshot.way()).isEqualTo(way);
          assertThat(snapshot.position()).as("position by %s", way).isPresent();
          schema.execute(
              "SET SESSION lock_wait_timeout = 5",
              "UPDATE c SET v = v + 1",
              "TRUNCATE `we``ird .name`");
          assertThat(connectionsOf(user, snapshot.connections().size()))
              .isEqualTo(snapshot.connections().size());
        }
        assertThat(connectionsOf(user, 0)).isZero();
      }
    }
  }

  @Test
  void aSingleConnectionIsSaidToBeOne() {
    try (DatabaseServer server = Servers.connect();
        Snapshot snapshot =
            new SnapshotOpener(server)
                .open(SnapshotRequest.of(4, tables).forcing(SnapshotWay.SINGLE))) {
      assertThat(snapshot.connections()).hasSize(1);
      assertThat(snapshot.shortfalls()).singleElement().asString().startsWith("1 of 4 connections");
    }
  }

  @Test
  void withoutThePrivilegeToSeeFiltersTheTablesAreLocked() {
    try (TestUser user = TESTED.freshUser("SELECT, LOCK TABLES ON " + schema.name() + ".*");
        DatabaseServer server = DatabaseServer.connect(Servers.settings(user));
        Snapshot snapshot = new SnapshotOpener(server).open(SnapshotRequest.of(3, tables))) {
      assertThat(snapshot.way()).isEqualTo(SnapshotWay.LOCK_TABLES);
      assertThat(snapshot.connections()).hasSize(3);
      assertThat(snapshot.position()).isEmpty();
      assertThat(snapshot.shortfalls())
          .first()
          .asString()
          .startsWith(BY_LOG + ": ")
          .contains("GRANT " + (TESTED.isMariaDb() ? "" : "REPLICATION CLIENT"));
    }
  }

  @Test
  void withHardlyAnyPrivilegeOneConnectionRemains() {
    try (TestUser user = TESTED.freshUser("SELECT ON " + schema.name() + ".*");
        DatabaseServer server = DatabaseServer.connect(Servers.settings(user));
        Snapshot snapshot = new SnapshotOpener(server).open(SnapshotRequest.of(3, tables))) {
      assertThat(snapshot.way()).isEqualTo(SnapshotWay.SINGLE);
      assertThat(snapshot.shortfalls())
          .hasSize(TESTED.isMariaDb() ? 4 : 3) // there it is also said that DDL waits
          .anyMatch(text -> text.startsWith("lock-tables: ") && text.contains("LOCK TABLES"));
    }
  }

  @Test
  void aWayThatProvesNothingHereIsRefused() {
    SnapshotWay absent = TESTED.isMariaDb() ? SnapshotWay.GTID : SnapshotWay.BINLOG_STATUS;
    try (DatabaseServer server = Servers.connect()) {
      SnapshotOpener opener = new SnapshotOpener(server);
      assertThatThrownBy(() -> opener.open(SnapshotRequest.of(2, tables).forcing(absent)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("MariaDB");
      assertThatThrownBy(
              () -> opener.open(SnapshotRequest.of(2, List.of()).forcing(SnapshotWay.LOCK_TABLES)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("no table to lock");
    }
  }

  @Test
  void tablesThatStayInUseAreNotWaitedForLong() throws SQLException {
    try (DatabaseServer server = Servers.connect();
        Connection writer = schema.connect();
        Statement statement = writer.createStatement()) {
      statement.execute("START TRANSACTION");
      statement.execute("UPDATE c SET v = v + 1");
      SnapshotRequest request =
          SnapshotRequest.of(2, tables)
              .forcing(SnapshotWay.LOCK_TABLES)
              .withBudget(Duration.ofMillis(1));
      assertThatThrownBy(() -> new SnapshotOpener(server).open(request))
          .isInstanceOf(RetryLaterException.class)
          .hasMessageContaining("other transactions held them");
      statement.execute("ROLLBACK");
    }
  }

  @Test
  void aUserWithFewConnectionsGetsThose() {
    try (TestUser user = snapshotUser()) {
      TESTED.execute("ALTER USER '" + user.name() + "'@'%' WITH MAX_USER_CONNECTIONS 3");
      try (DatabaseServer server = DatabaseServer.connect(Servers.settings(user));
          Snapshot snapshot = new SnapshotOpener(server).open(SnapshotRequest.of(8, tables))) {
        assertThat(snapshot.way()).isEqualTo(BY_LOG);
        assertThat(snapshot.connections()).hasSize(3);
        // on MariaDB such a user also lets DDL wait, which is said after it
        assertThat(snapshot.shortfalls()).startsWith("3 of 8 connections share the snapshot");
      }
    }
  }

  @Test
  void aLostSnapshotConnectionIsNotReplaced() throws SQLException {
    try (DatabaseServer server = Servers.connect();
        Snapshot snapshot = new SnapshotOpener(server).open(SnapshotRequest.of(2, tables))) {
      Connection connection = snapshot.connections().getFirst();
      try (Statement statement = connection.createStatement();
          var row = statement.executeQuery("SELECT CONNECTION_ID()")) {
        row.next();
        TESTED.execute("KILL " + row.getLong(1));
      }
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> sum(connection))
            .isInstanceOfSatisfying(
                SQLException.class,
                lost ->
                    assertThat(SqlErrors.translate(lost, "read", "c"))
                        .isInstanceOf(RetryLaterException.class));
      }
    }
  }

  @Test
  void withoutABinaryLogNoPositionProvesAnything() throws SQLException {
    assumeThat(System.getenv("VARVE_TEST_SERVER")).isNullOrEmpty();
    try (EmbeddedMariaDb own = EmbeddedMariaDb.start("--skip-log-bin");
        TestSchema there = own.server().freshSchema();
        DatabaseServer server = DatabaseServer.connect(Servers.settings(own.server()))) {
      there.execute("CREATE TABLE c (id INT PRIMARY KEY, v INT)");
      assertThat(server.info().logBin()).isFalse();
      SnapshotRequest request = SnapshotRequest.of(2, List.of(new TableName(there.name(), "c")));
      try (Snapshot snapshot = new SnapshotOpener(server).open(request)) {
        assertThat(snapshot.way()).isEqualTo(SnapshotWay.LOCK_TABLES);
        assertThat(snapshot.position()).isEmpty();
        assertThat(snapshot.shortfalls()).containsExactly("binlog-status: the binary log is off");
      }
      assertThatThrownBy(
              () -> new SnapshotOpener(server).open(request.forcing(SnapshotWay.BINLOG_STATUS)))
          .isInstanceOf(InvalidRequestException.class);
    }
  }

  private TestUser snapshotUser() {
    return TESTED.freshUser(
        "SELECT, LOCK TABLES ON " + schema.name() + ".*",
        TESTED.isMariaDb() ? "BINLOG MONITOR, SLAVE MONITOR ON *.*" : "REPLICATION CLIENT ON *.*");
  }

  private int sum(Connection connection) throws SQLException {
    return Math.toIntExact(NaiveOpenings.sum(connection, schema.name() + ".c"));
  }

  // The server notices a moment later that a connection was closed.
  private static int connectionsOf(TestUser user, int expected) {
    int count = -1;
    for (int i = 0; i < 1000 && count != expected; i++) {
      count =
          Integer.parseInt(
              TESTED.value(
                  "SELECT COUNT(*) FROM information_schema.processlist WHERE user = '"
                      + user.name()
                      + "'"));
    }
    return count;
  }
}
