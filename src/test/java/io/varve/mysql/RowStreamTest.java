package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.JdbcConnection;
import io.varve.codec.Row;
import io.varve.testing.TestRepository;
import io.varve.testing.TestServer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows as they come over the wire, of all sizes that its packets tell apart. */
class RowStreamTest {

  private static final int FIRST = 8_000_000;

  private final DatabaseServer server =
      DatabaseServer.connect(TestRepository.settings(TestServer.shared()));
  private final JdbcConnection connection = server.open(ConnectionPurpose.SNAPSHOT);
  private final LargeRows largeRows = new LargeRows(1 << 20);

  @AfterEach
  void close() throws SQLException {
    connection.close();
    server.close();
  }

  private RowStream query(String sql) throws SQLException {
    return RowStream.open(connection, sql, RowStream.newBuffer(), largeRows, Throttle.NONE);
  }

  /**
   * Around each length of a length, the buffer, what counts as large, and one, two packets that are
   * full: of those the next has nothing in it.
   */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        250,
        251,
        65_535,
        65_536,
        262_000,
        262_144,
        1_048_560,
        1_048_600,
        8_777_190,
        8_777_191,
        8_777_192,
        8_777_193,
        8_777_194,
        8_777_195,
        8_777_196,
        8_777_197,
        8_777_198,
        8_777_199,
        8_777_200,
        8_777_201,
        8_777_202,
        8_777_203,
        8_777_204,
        8_777_205,
        8_777_206,
        8_777_207,
        8_777_208,
        15_000_000
      })
  void aFieldOfAnyLengthIsWhole(int length) throws SQLException {
    Row row = new Row(5);
    String sql =
        "SELECT 1, REPEAT('a', "
            + FIRST
            + "), REPEAT('b', "
            + length
            + "), NULL, 'end' UNION ALL SELECT 2, '', 'x', 'y', ''";
    try (RowStream rows = query(sql)) {
      assertThat(rows.next(row)).isTrue();
      assertThat(text(row, 0)).isEqualTo("1");
      assertThat(text(row, 1)).isEqualTo("a".repeat(FIRST));
      assertThat(text(row, 2)).isEqualTo("b".repeat(length));
      assertThat(row.isNull(3)).isTrue();
      assertThat(text(row, 4)).isEqualTo("end");
      assertThat(rows.next(row)).isTrue();
      assertThat(text(row, 2)).isEqualTo("x");
      assertThat(text(row, 3)).isEqualTo("y");
      assertThat(text(row, 4)).isEmpty();
      assertThat(rows.next(row)).isFalse();
      assertThat(rows.next(row)).isFalse();
    }
    try (RowStream rows = query("SELECT REPEAT('c', " + length + ")")) {
      Row one = new Row(1);
      assertThat(rows.next(one)).isTrue();
      assertThat(text(one, 0)).isEqualTo("c".repeat(length));
      assertThat(rows.next(one)).isFalse();
    }
  }

  @Test
  void aStreamThatIsLeftEarlyLeavesTheConnectionUsable() throws SQLException {
    try (RowStream rows =
        query("SELECT REPEAT('a', 9000000), REPEAT('b', 9000000) UNION ALL SELECT 'c', 'd'")) {
      assertThat(rows.next(new Row(2))).isTrue();
    }
    assertUsable();
  }

  @Test
  void aQueryThatFailsAtOnceOrInTheMiddleSaysWhy() throws SQLException {
    assertThatThrownBy(() -> query("SELECT nonsense"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1054));
    try (RowStream rows =
        query(
            "SELECT IF(n < 3, n, (SELECT 1 UNION ALL SELECT 2)) FROM"
                + " (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS numbers")) {
      assertThatThrownBy(
              () -> {
                Row row = new Row(1);
                while (rows.next(row)) {
                  assertThat(text(row, 0)).isIn("1", "2");
                }
              })
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1242));
    }
    assertUsable();
  }

  @Test
  void aConnectionThatIsKilledInTheMiddleIsLost() throws SQLException {
    long id = Rows.one(connection, "SELECT CONNECTION_ID()", row -> row.getLong(1));
    try (RowStream rows =
        query(
            "SELECT REPEAT('a', 15000000), REPEAT('b', 15000000) FROM information_schema.COLUMNS")) {
      Row row = new Row(2);
      assertThat(rows.next(row)).isTrue();
      TestServer.shared().execute("KILL CONNECTION " + id);
      assertThatThrownBy(
              () -> {
                while (rows.next(row)) {
                  assertThat(row.length(0)).isEqualTo(15_000_000);
                }
              })
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(SqlErrors.isLostConnection(e)).as(e.getSQLState()).isTrue());
    }
    assertThat(connection.isClosed()).isTrue();
  }

  /** Some megabytes of a row are here, and the rest will never come. */
  @Test
  void aConnectionThatIsLostInTheMiddleOfALargeRowIsLost() throws SQLException {
    long id = Rows.one(connection, "SELECT CONNECTION_ID()", row -> row.getLong(1));
    AtomicInteger blocks = new AtomicInteger();
    BooleanSupplier killing =
        () -> {
          if (blocks.incrementAndGet() == 3) {
            TestServer.shared().execute("KILL CONNECTION " + id);
          }
          return true;
        };
    Throttle asking =
        new Throttle(
            new Throttling(OptionalLong.of(1), OptionalInt.empty()),
            () -> 0,
            "the server",
            killing,
            warning -> {});
    String sql = "SELECT REPEAT('a', 15000000), REPEAT('b', 15000000), REPEAT('c', 15000000)";
    try (RowStream rows =
        RowStream.open(connection, sql, RowStream.newBuffer(), largeRows, asking)) {
      assertThatThrownBy(() -> rows.next(new Row(3)))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(SqlErrors.isLostConnection(e)).as(e.getSQLState()).isTrue());
    }
    assertThat(connection.isClosed()).isTrue();
  }

  private void assertUsable() throws SQLException {
    int answer = Rows.one(connection, "SELECT 42", row -> row.getInt(1));
    assertThat(answer).isEqualTo(42);
  }

  private static String text(Row row, int column) {
    return new String(
        row.array(column), row.offset(column), row.length(column), StandardCharsets.US_ASCII);
  }
}
