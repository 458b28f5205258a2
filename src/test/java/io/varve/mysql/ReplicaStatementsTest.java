package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each version has words of its own; ReplicaFromBackupTest executes those of MariaDB. */
class ReplicaStatementsTest {

  private static final LogPosition BOTH =
      new LogPosition(
          Optional.of("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77,\n4e11fa47:1-5"),
          Optional.of(new BinlogCoordinates("binlog.000003", 157)));
  private static final LogPosition FILE = new LogPosition(Optional.empty(), BOTH.coordinates());

  @Test
  void mySqlByGtid() {
    assertThat(ReplicaStatements.of("mysql", "9.7.1", BOTH))
        .containsExactly(
            "RESET BINARY LOGS AND GTIDS",
            "SET GLOBAL gtid_purged='3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77,4e11fa47:1-5'",
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST='HOST', SOURCE_PORT=3306, SOURCE_USER='USER',"
                + " SOURCE_PASSWORD='PASSWORD', SOURCE_SSL=1, SOURCE_AUTO_POSITION=1",
            "START REPLICA");
    assertThat(ReplicaStatements.of("mysql", "8.0.40", BOTH))
        .startsWith("RESET MASTER")
        .anyMatch(statement -> statement.startsWith("CHANGE REPLICATION SOURCE TO"));
    assertThat(ReplicaStatements.of("mysql", "8.0.22-cluster", BOTH))
        .startsWith("RESET MASTER")
        .endsWith("START SLAVE")
        .anyMatch(
            statement ->
                statement.startsWith("CHANGE MASTER TO MASTER_HOST='HOST'")
                    && statement.endsWith("MASTER_AUTO_POSITION=1"));
  }

  @Test
  void mySqlByFileAndPosition() {
    assertThat(ReplicaStatements.of("mysql", "8.4.3", FILE))
        .containsExactly(
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST='HOST', SOURCE_PORT=3306, SOURCE_USER='USER',"
                + " SOURCE_PASSWORD='PASSWORD', SOURCE_SSL=1, SOURCE_LOG_FILE='binlog.000003',"
                + " SOURCE_LOG_POS=157",
            "START REPLICA");
    LogPosition off = new LogPosition(Optional.of(""), BOTH.coordinates());
    assertThat(ReplicaStatements.of("mysql", "8.4.3", off))
        .isEqualTo(ReplicaStatements.of("mysql", "8.4.3", FILE));
  }

  @Test
  void mariaDb() {
    LogPosition gtid = new LogPosition(Optional.of("0-7-42"), BOTH.coordinates());
    assertThat(ReplicaStatements.of("mariadb", "11.4.5-MariaDB", gtid))
        .containsExactly(
            "SET GLOBAL gtid_slave_pos='0-7-42'",
            "CHANGE MASTER TO MASTER_HOST='HOST', MASTER_PORT=3306, MASTER_USER='USER',"
                + " MASTER_PASSWORD='PASSWORD', MASTER_USE_GTID=slave_pos",
            "START SLAVE");
    assertThat(ReplicaStatements.of("mariadb", "10.11.6-MariaDB", FILE))
        .containsExactly(
            "CHANGE MASTER TO MASTER_HOST='HOST', MASTER_PORT=3306, MASTER_USER='USER',"
                + " MASTER_PASSWORD='PASSWORD', MASTER_LOG_FILE='binlog.000003', MASTER_LOG_POS=157,"
                + " MASTER_USE_GTID=no",
            "START SLAVE");
  }

  @Test
  void withoutAPositionThereIsNone() {
    LogPosition none = new LogPosition(Optional.empty(), Optional.empty());
    assertThat(ReplicaStatements.of("mysql", "9.7.1", none)).isEmpty();
    assertThat(ReplicaStatements.of("mariadb", "11.4.5-MariaDB", none)).isEmpty();
  }
}
