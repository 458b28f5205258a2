package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseServerTest {

  @Test
  void knowsWhatTheServerIs() {
    TestServer tested = TestServer.shared();
    try (DatabaseServer server = Servers.connect()) {
      ServerInfo info = server.info();
      assertThat(info.isMariaDb()).isEqualTo(tested.isMariaDb());
      assertThat(info.version().text()).isEqualTo(tested.version());
      assertThat(tested.version())
          .startsWith(info.version().major() + "." + info.version().minor() + ".");
      assertThat(info.logBin()).isTrue();
      assertThat(info.maxAllowedPacket())
          .isEqualTo(Long.parseLong(tested.value("SELECT @@GLOBAL.max_allowed_packet")));
      assertThat(info.sqlMode()).isEqualTo(tested.value("SELECT @@GLOBAL.sql_mode"));
      assertThat(info.identity().values())
          .containsKey(tested.isMariaDb() ? "hostname" : "server_uuid");
      assertThat(info.aurora()).isFalse();
    }
  }

  @Test
  void everySessionStartsInTheSameState() throws SQLException {
    TestServer tested = TestServer.shared();
    try (DatabaseServer server = Servers.connect()) {
      for (ConnectionPurpose purpose : ConnectionPurpose.values()) {
        try (Connection connection = server.open(purpose)) {
          assertThat(value(connection, "SELECT @@SESSION.time_zone")).isEqualTo("+00:00");
          assertThat(value(connection, "SELECT @@SESSION.sql_mode")).isEmpty();
          assertThat(value(connection, "SELECT COALESCE(@@character_set_results, 'none')"))
              .isEqualTo("none");
          assertThat(value(connection, "SELECT @@character_set_connection")).isEqualTo("utf8mb4");
          assertThat(value(connection, "SELECT @@collation_connection")).isEqualTo("utf8mb4_bin");
          assertThat(value(connection, "SELECT @@sql_quote_show_create")).isEqualTo("1");
          assertThat(value(connection, "SELECT @@net_write_timeout")).isEqualTo("3600");
          assertThat(
                  value(
                      connection,
                      tested.isMariaDb()
                          ? "SELECT @@max_statement_time + @@idle_transaction_timeout"
                          : "SELECT @@max_execution_time"))
              .matches("0(\\.0+)?");
          assertThat(
                  value(
                      connection,
                      "SHOW SESSION VARIABLES WHERE Variable_name IN"
                          + " ('tx_isolation', 'transaction_isolation')",
                      2))
              .isEqualTo("REPEATABLE-READ");
          assertThat(connection.getNetworkTimeout()).isZero();
        }
      }
    }
  }

  @Test
  void streamedColumnsAreTheirOwnBytes() throws SQLException {
    try (TestSchema schema = TestServer.shared().freshSchema();
        DatabaseServer server = Servers.connect();
        Connection connection = server.open(ConnectionPurpose.SNAPSHOT);
        Statement statement = connection.createStatement()) {
      schema.execute(
          "CREATE TABLE t (l VARCHAR(9) CHARACTER SET latin1, u VARCHAR(9) CHARACTER SET utf8mb4,"
              + " b VARBINARY(9), i TINYINT(1), y YEAR, z DATETIME)",
          "SET sql_mode = ''",
          "INSERT INTO t VALUES (_latin1 x'E9', _utf8mb4 x'F09F8C8A', x'00FF', 7, 2026,"
              + " '0000-00-00')");
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet rows = statement.executeQuery("SELECT * FROM " + schema.name() + ".t")) {
        assertThat(rows.next()).isTrue();
        assertThat(hex(rows.getBytes(1))).isEqualTo("E9");
        assertThat(hex(rows.getBytes(2))).isEqualTo("F09F8C8A");
        assertThat(hex(rows.getBytes(3))).isEqualTo("00FF");
        assertThat(rows.getBytes(4)).asString().isEqualTo("7");
        assertThat(rows.getBytes(5)).asString().isEqualTo("2026");
        assertThat(rows.getBytes(6)).asString().isEqualTo("0000-00-00 00:00:00");
      }
    }
  }

  @Test
  void loadsAStreamAndCountsRowsAndWarnings() throws SQLException {
    try (TestSchema schema = TestServer.shared().freshSchema();
        DatabaseServer server = Servers.connect();
        LoadConnection connection = server.openForLoad()) {
      schema.execute("CREATE TABLE t (id TINYINT PRIMARY KEY)");
      String load = "LOAD DATA LOCAL INFILE 'any' INTO TABLE " + schema.name() + ".t";
      assertThat(connection.load(load, text("1\n2\n3\n")))
          .isEqualTo(new LoadConnection.Outcome(3, 0));
      assertThat(connection.load(load, text("3\n4\n999\n")))
          .isEqualTo(new LoadConnection.Outcome(2, 2));
    }
  }

  @Test
  void aLoadReadsTheStreamAndNeverTheFileThatIsNamed(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "42\n");
    try (TestSchema schema = TestServer.shared().freshSchema();
        DatabaseServer server = Servers.connect();
        LoadConnection connection = server.openForLoad()) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
      String load = "LOAD DATA LOCAL INFILE '" + secret + "' INTO TABLE " + schema.name() + ".t";
      connection.load(load, text("1\n"));
      assertThat(TestServer.shared().rows("SELECT id FROM " + schema.name() + ".t"))
          .containsExactly(List.of("1"));
    }
  }

  @Test
  void noConnectionSendsAFileToTheServer(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "42\n");
    try (TestSchema schema = TestServer.shared().freshSchema();
        DatabaseServer server = Servers.connect()) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
      String load = "LOAD DATA LOCAL INFILE '" + secret + "' INTO TABLE " + schema.name() + ".t";
      for (ConnectionPurpose purpose : ConnectionPurpose.values()) {
        try (Connection connection = server.open(purpose);
            Statement statement = connection.createStatement()) {
          assertThatThrownBy(() -> statement.execute(load)).isInstanceOf(SQLException.class);
        }
      }
      try (LoadConnection used = server.openForLoad();
          Statement statement = used.connection().createStatement()) {
        used.load(load, text(""));
        assertThatThrownBy(() -> statement.execute(load)).isInstanceOf(SQLException.class);
      }
      assertThat(TestServer.shared().value("SELECT COUNT(*) FROM " + schema.name() + ".t"))
          .isEqualTo("0");
    }
  }

  @Test
  void aStreamThatFailsTakesTheTransactionWithIt() throws Exception {
    try (TestSchema schema = TestServer.shared().freshSchema();
        DatabaseServer server = Servers.connect();
        LoadConnection connection = server.openForLoad();
        Statement statement = connection.connection().createStatement()) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY)");
      statement.execute("START TRANSACTION");
      assertThatThrownBy(
              () ->
                  connection.load(
                      "LOAD DATA LOCAL INFILE 'any' INTO TABLE " + schema.name() + ".t",
                      new BreakingStream()))
          .isInstanceOf(SQLException.class)
          .hasRootCauseMessage("the store is away");
      assertThatThrownBy(() -> statement.execute("COMMIT")).isInstanceOf(SQLException.class);
      assertThat(TestServer.shared().value("SELECT COUNT(*) FROM " + schema.name() + ".t"))
          .isEqualTo("0");
    }
  }

  private static final class BreakingStream extends InputStream {

    private int position;

    @Override
    public int read() throws IOException {
      if (position++ < 100) {
        return position % 2 == 0 ? '\n' : '1';
      }
      throw new IOException("the store is away");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      buffer[offset] = (byte) read();
      return 1;
    }
  }

  private static InputStream text(String rows) {
    return new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }

  private static String value(Connection connection, String query) throws SQLException {
    return value(connection, query, 1);
  }

  private static String value(Connection connection, String query, int column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return String.valueOf(row.getString(column));
    }
  }
}
