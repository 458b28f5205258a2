package io.varve.mysql;

import com.mysql.cj.NativeSession;
import com.mysql.cj.exceptions.CJException;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.jdbc.exceptions.SQLExceptionsMapping;
import com.mysql.cj.protocol.a.NativeConstants.IntegerDataType;
import com.mysql.cj.protocol.a.NativeMessageBuilder;
import com.mysql.cj.protocol.a.NativePacketPayload;
import com.mysql.cj.protocol.a.NativeProtocol;
import io.varve.StoppedException;
import io.varve.codec.Row;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one query, as they come from the server. The driver has logged in, set up TLS and
 * sends the query; the packets of the answer are taken apart here, where they lie in the buffer:
 * the driver would make an object of each packet and of each field, which takes longer than all
 * that is done to a row afterwards.
 *
 * <p>Memory: one buffer of a fixed size, and for a row that exceeds it what {@link LargeRows} lends
 * until the next row is asked for. Nothing else may be done on the connection until this is closed.
 * Not thread-safe.
 *
 * @see <a href="https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html">the
 *     protocol</a>
 */
final class RowStream implements AutoCloseable {

  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int HEADER_BYTES = 4;

  /** For the headers of the packets of a row, and fields after its long ones. */
  private static final int SLACK_BYTES = 64 * 1024;

  /** A packet of this size is continued by the next one. */
  private static final int FULL_PACKET = 0xffffff;

  private static final int NULL = 0xfb;
  private static final int TWO_BYTES = 0xfc;
  private static final int THREE_BYTES = 0xfd;
  private static final int EIGHT_BYTE_LENGTH = 9;
  private static final int ERROR = 0xff;
  private static final int END = 0xfe;

  private final Connection connection;
  private final NativeProtocol protocol;
  private final InputStream in;
  private final int columns;
  private final LargeRows largeRows;
  private final Throttle throttle;
  private byte[] own;
  private LargeRows.@Nullable Loan loan;
  private byte[] buffer;
  private int position;
  private int limit;
  private int packetEnd;
  private boolean ended;
  private boolean isAbandoned;

  private RowStream(
      Connection connection,
      NativeProtocol protocol,
      InputStream in,
      int columns,
      byte[] own,
      LargeRows largeRows,
      Throttle throttle) {
    this.connection = connection;
    this.protocol = protocol;
    this.in = in;
    this.columns = columns;
    this.own = own;
    this.buffer = own;
    this.largeRows = largeRows;
    this.throttle = throttle;
  }

  /**
   * Sends a query that answers with rows.
   *
   * @param own from {@link #newBuffer}, for one stream at a time
   * @param largeRows of all streams that are read side by side
   * @param throttle likewise
   */
  static RowStream open(
      Connection connection, String query, byte[] own, LargeRows largeRows, Throttle throttle)
      throws SQLException {
    NativeSession session = (NativeSession) connection.unwrap(JdbcConnection.class).getSession();
    NativeProtocol protocol = session.getProtocol();
    try {
      NativePacketPayload command =
          new NativeMessageBuilder(protocol.getServerSession().supportsQueryAttributes())
              .buildComQuery(null, session, query, null, "UTF-8");
      NativePacketPayload answer = protocol.sendCommand(command, false, 0);
      answer.setPosition(0);
      int columns = (int) answer.readInteger(IntegerDataType.INT_LENENC);
      if (columns < 1) { // also where the server asks for a local file instead
        connection.abort(Runnable::run);
        throw new SQLException("the server answers a query for rows without any", "08S01");
      }
      InputStream in = protocol.getSocketConnection().getMysqlInput();
      RowStream rows = new RowStream(connection, protocol, in, columns, own, largeRows, throttle);
      rows.skipDefinitions(columns + (protocol.getServerSession().isEOFDeprecated() ? 0 : 1));
      return rows;
    } catch (CJException e) {
      throw SQLExceptionsMapping.translateException(e);
    } catch (IOException e) {
      throw lost(connection, e);
    }
  }

  /** What a stream reads into; to be used again by the next. */
  static byte[] newBuffer() {
    return new byte[BUFFER_BYTES];
  }

  private void skipDefinitions(int packets) throws IOException {
    for (int i = 0; i < packets; i++) {
      readPacket();
    }
  }

  /**
   * Lets a row show the next fields, until the next call.
   *
   * @return false after the last row
   * @throws SQLException if the query fails or the connection is lost in the middle
   */
  boolean next(Row row) throws SQLException {
    if (!readRow()) {
      return false;
    }
    byte[] bytes = buffer;
    int at = position;
    for (int column = 0; column < row.columns(); column++) {
      int first = bytes[at++] & 0xff;
      int length;
      if (first < NULL) {
        length = first;
      } else if (first == NULL) {
        row.setNull(column);
        continue;
      } else {
        int size = sizeOfLength(first);
        length = Math.toIntExact(integer(at, size));
        at += size;
      }
      row.set(column, bytes, at, length);
      at += length;
    }
    if (at != packetEnd) {
      throw new SQLException("a row has another number of fields than the query asked for");
    }
    return true;
  }

  /** Finds the next row's packet; false at the end of the rows. */
  private boolean readRow() throws SQLException {
    if (ended) {
      return false;
    }
    try {
      readPacket();
    } catch (IOException e) {
      throw lost(connection, e);
    }
    int size = packetEnd - position;
    int first = size == 0 ? 0 : buffer[position] & 0xff;
    // a field that begins like this is too long for a packet of less than the full size
    if (first == ERROR || (first == END && size < FULL_PACKET)) {
      end();
      return false;
    }
    return true;
  }

  /** Hands the last packet to the driver, which knows errors and the state of the session. */
  private void end() throws SQLException {
    ended = true;
    NativePacketPayload last =
        new NativePacketPayload(Arrays.copyOfRange(buffer, position, packetEnd));
    try {
      protocol.checkErrorMessage(last);
      last.setPosition(0);
      protocol.readServerStatusForResultSets(last, true);
    } catch (CJException e) {
      throw SQLExceptionsMapping.translateException(e);
    }
  }

  /** Takes one packet, or several that are one: its bytes lie from position to packetEnd. */
  private void readPacket() throws IOException {
    position = packetEnd;
    giveBackLoan();
    require(HEADER_BYTES);
    int size = (int) integer(position, 3);
    position += HEADER_BYTES;
    packetEnd = position;
    if (size > LargeRows.LARGE_BYTES) {
      borrow(size);
    }
    require(size);
    packetEnd = position + size;
    while (size == FULL_PACKET) {
      require(packetEnd - position + HEADER_BYTES);
      size = (int) integer(packetEnd, 3);
      // the next one's bytes join on where its header was
      limit -= HEADER_BYTES;
      System.arraycopy(buffer, packetEnd + HEADER_BYTES, buffer, packetEnd, limit - packetEnd);
      require(packetEnd - position + size);
      packetEnd += size;
    }
  }

  private long integer(int at, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << Byte.SIZE | buffer[at + i] & 0xff;
    }
    return value;
  }

  /** Makes sure that so many bytes lie in the buffer from the position on. */
  private void require(int bytes) throws IOException {
    if (limit - position >= bytes) {
      return;
    }
    if (buffer.length - position < bytes) {
      moveTo(bytes <= buffer.length ? buffer : longer(bytes));
    }
    while (limit - position < bytes) {
      // Nothing follows the answer to a query until the next one is sent, so more than is asked for
      // may be read; but nothing that would lie in a loan.
      int end = loan == null ? buffer.length : position + bytes;
      int count = in.read(buffer, limit, end - limit);
      if (count < 0) {
        throw new EOFException("the server closed the connection while it sent rows");
      }
      limit += count;
      if (!isAbandoned) {
        throttle.take(count);
      }
    }
  }

  /** What is read and not used yet moves to the beginning of an array. */
  private void moveTo(byte[] array) {
    System.arraycopy(buffer, position, array, 0, limit - position);
    packetEnd -= position;
    limit -= position;
    position = 0;
    buffer = array;
  }

  private byte[] longer(int bytes) {
    if (loan != null) {
      return loan.grow(bytes + SLACK_BYTES);
    }
    own = new byte[bytes];
    return own;
  }

  /** Borrows what a row takes that begins at the position, in a packet of so many bytes or more. */
  private void borrow(int packetBytes) throws IOException {
    long rowBytes = packetBytes;
    if (packetBytes == FULL_PACKET) {
      require(BUFFER_BYTES / 2);
      rowBytes = Math.max(rowBytes, rowBytes());
    }
    loan = largeRows.borrow(Math.toIntExact(rowBytes + SLACK_BYTES));
    moveTo(loan.array());
  }

  /** How long a row is at least, by the lengths of the fields that begin in what is read of it. */
  private long rowBytes() {
    long at = position;
    for (int column = 0; column < columns && at + EIGHT_BYTE_LENGTH <= limit; column++) {
      int first = buffer[(int) at] & 0xff;
      if (first < TWO_BYTES) {
        at += first == NULL ? 1 : 1 + first;
      } else {
        int size = sizeOfLength(first);
        at += 1 + size + integer((int) at + 1, size);
      }
    }
    return at - position;
  }

  private static int sizeOfLength(int first) {
    return first == TWO_BYTES ? 2 : first == THREE_BYTES ? 3 : 8;
  }

  private void giveBackLoan() {
    if (loan != null) {
      moveTo(own); // nothing: a loan holds no more than its row
      loan.close();
      loan = null;
    }
  }

  private static SQLException lost(Connection connection, IOException e) throws SQLException {
    connection.abort(Runnable::run);
    return new SQLNonTransientConnectionException(e.getMessage(), "08S01", e);
  }

  /** Gives up the rest, and with it the connection: who ends this then waits for nothing. */
  void cutOff() throws SQLException {
    connection.abort(Runnable::run);
  }

  /** Reads the rest, which the server sends in any case; at once, for nobody wants it. */
  @Override
  public void close() throws SQLException {
    isAbandoned = true;
    try {
      while (!ended && !connection.isClosed() && readRow()) {
        // what it was does not matter any more
      }
    } catch (StoppedException stopped) {
      connection.abort(Runnable::run); // rows that are left would be taken for the next answer
      throw stopped;
    } finally {
      packetEnd = limit; // a row that came in part only is wanted by nobody
      position = limit;
      giveBackLoan();
    }
  }
}
