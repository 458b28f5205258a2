package io.varve.mysql;

import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.RuntimeProperty;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.jdbc.JdbcStatement;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose {@code LOAD DATA LOCAL INFILE} statements read a stream of this program and
 * never a file, whatever name the statement has and whatever the server asks for.
 *
 * <p>In the protocol it is the server that names the file to send, in reply to any statement, and a
 * driver that allows it sends that file. So this one allows it only while {@link #load} runs and a
 * stream stands in for every file; at any other time the driver refuses. For use by one thread.
 */
public final class LoadConnection implements AutoCloseable {

  private final JdbcConnection connection;
  private final RuntimeProperty<Boolean> sending;

  LoadConnection(JdbcConnection connection) {
    this.connection = connection;
    this.sending = connection.getPropertySet().getBooleanProperty(PropertyKey.allowLoadLocalInfile);
  }

  /**
   * What a {@code LOAD DATA} did. LOCAL implies IGNORE: duplicates and bad values are warnings, so
   * whoever commits has to look at both numbers.
   */
  public record Outcome(long rows, long warnings) {

    Outcome plus(Outcome other) {
      return new Outcome(rows + other.rows, warnings + other.warnings);
    }
  }

  /** For everything around the load: transactions, the ledger, settings of the session. */
  public Connection connection() {
    return connection;
  }

  /**
   * Runs a {@code LOAD DATA LOCAL INFILE} statement on the rows of a stream, which it closes.
   *
   * <p>If the stream fails, the connection is gone, and with it the open transaction: the protocol
   * has no way to take back a half-sent file.
   *
   * @param loadData the statement; the file's name in it means nothing
   * @throws RuntimeException if the stream threw it
   * @throws SQLException for the server's errors, and for a stream that failed in another way
   */
  public Outcome load(String loadData, InputStream rows) throws SQLException {
    ObservedStream observed = new ObservedStream(rows);
    try (Statement statement = connection.createStatement()) {
      long loaded = execute(statement, loadData, observed);
      return new Outcome(loaded, warnings(statement));
    } catch (SQLException | RuntimeException failed) {
      giveUpIfTheStreamFailed(observed);
      throw failed;
    }
  }

  private long execute(Statement statement, String loadData, InputStream rows) throws SQLException {
    JdbcStatement local = statement.unwrap(JdbcStatement.class);
    local.setLocalInfileInputStream(rows);
    sending.setValue(true);
    try {
      return statement.executeLargeUpdate(loadData);
    } finally {
      // In this order: without a stream and still allowed, the driver would open the file.
      sending.setValue(false);
      if (!statement.isClosed()) { // as it is when the server has gone
        local.setLocalInfileInputStream(null);
      }
    }
  }

  private static long warnings(Statement statement) throws SQLException {
    try (ResultSet count = statement.executeQuery("SELECT @@SESSION.warning_count")) {
      count.next();
      return count.getLong(1);
    }
  }

  // The driver leaves the connection open when the stream fails, in the middle of the file: the
  // server would take the next statement, even a ROLLBACK, for more rows.
  private void giveUpIfTheStreamFailed(ObservedStream observed) throws SQLException {
    @Nullable Exception ofStream = observed.failure;
    if (ofStream == null) {
      return;
    }
    connection.abort(Runnable::run);
    if (ofStream instanceof RuntimeException own) {
      throw own;
    }
    throw new SQLException("the rows to load could not be read", "58030", ofStream);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException alreadyGone) {
      // Nothing is lost: what was not committed is rolled back.
    }
  }

  private static final class ObservedStream extends FilterInputStream {

    private @Nullable Exception failure;

    ObservedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException | RuntimeException failed) {
        failure = failed;
        throw failed;
      }
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException | RuntimeException failed) {
        failure = failed;
        throw failed;
      }
    }
  }
}
