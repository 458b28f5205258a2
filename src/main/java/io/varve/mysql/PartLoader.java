package io.varve.mysql;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.VarveException;
import io.varve.codec.PartDecoder;
import io.varve.codec.Row;
import io.varve.codec.StoredBytes;
import io.varve.codec.TsvReader;
import io.varve.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads parts into the target, each in one transaction together with its row in the ledger. One
 * connection, which is opened again when it was lost; not thread-safe.
 */
public final class PartLoader implements AutoCloseable {

  private static final int INSERT_BYTES = 1 << 20;
  private static final int DATA_TRUNCATED = 1265;
  private static final int DEADLOCK = 1213;
  private static final int MOST_ATTEMPTS = 10;

  private final Target target;

  /** Names of locks are short. */
  private static final int CLAIM_BYTES = 20;

  private final RestoreLedger ledger;
  private final Throttle throttle;
  private final StoredBytes buffer = new StoredBytes();
  private LoadConnection connection;

  PartLoader(Target target, RestoreLedger ledger, Throttle throttle) {
    this.target = target;
    this.ledger = ledger;
    this.throttle = throttle;
    this.connection = target.openForLoad();
  }

  /**
   * Loads a part unless the ledger says that it is loaded.
   *
   * @param table as it is named on the target
   * @param part its place among the parts of its table
   * @param stored the part's bytes, already found to be the right ones
   * @return false if it was loaded before
   */
  public boolean load(TableDefinition table, int part, long rows, StoredBytes stored) {
    try {
      return loadOnce(table, part, rows, stored);
    } catch (SQLException e) {
      if (SqlErrors.isLostConnection(e) && wasCommitted(table, part)) {
        return true; // the answer to the commit was lost, not the commit
      }
      throw translated(e, table);
    }
  }

  /** For the bytes of a part, before it is loaded. */
  public StoredBytes buffer() {
    return buffer;
  }

  /** Whether the ledger says that a part is loaded: asked before its bytes are fetched. */
  public boolean isLoaded(TableDefinition table, int part) {
    try {
      // what others have loaded since a transaction began does not show in it
      connection.connection().setAutoCommit(true);
      return ledger.hasPart(connection.connection(), table.name(), part);
    } catch (SQLException e) {
      throw translated(e, table);
    }
  }

  /**
   * Claims a part, or a whole table, for this connection among those of all processes that restore
   * it; the claim ends with the connection.
   *
   * @return false if another is at it
   */
  public boolean claim(TableDefinition table, int part) {
    try {
      return MeetingLocks.take(connection.connection(), claimOf(table, part), 0);
    } catch (SQLException e) {
      throw translated(e, table);
    }
  }

  /** Gives a claim up, when the part is loaded or is to be left. */
  public void release(TableDefinition table, int part) {
    try {
      MeetingLocks.release(connection.connection(), claimOf(table, part));
    } catch (SQLException e) {
      // it has ended with the connection
    }
  }

  private static String claimOf(TableDefinition table, int part) {
    byte[] item = (table.name() + "\0" + part).getBytes(StandardCharsets.UTF_8);
    return "varve:load:" + HexFormat.of().formatHex(Sha256.of(item), 0, CLAIM_BYTES);
  }

  private boolean loadOnce(TableDefinition table, int part, long rows, StoredBytes stored)
      throws SQLException {
    Connection jdbc = connection.connection();
    if (!table.transactional()) {
      // not in one transaction with the ledger's row, which GTIDs forbid: see beginAnew
      jdbc.setAutoCommit(true);
      insert(table, rows, stored);
      return ledger.addPart(jdbc, table.name(), part);
    }
    return transaction(
        () -> {
          boolean isNew = ledger.addPart(jdbc, table.name(), part);
          if (isNew) {
            insert(table, rows, stored);
          }
          return isNew;
        });
  }

  /**
   * Prepares the load of a table whose engine knows no transactions: empties it and forgets what
   * was loaded, unless all of it was.
   *
   * @return false if all parts are loaded
   */
  public boolean beginAnew(TableDefinition table, int parts) {
    Connection jdbc = connection.connection();
    try {
      jdbc.setAutoCommit(true);
      if (ledger.partsOf(jdbc, table.name(), parts) == parts) {
        return false;
      }
      empty(jdbc, table);
      ledger.forgetParts(jdbc, table.name(), parts);
      return true;
    } catch (SQLException e) {
      throw translated(e, table);
    }
  }

  /** By making it anew: ARCHIVE knows neither TRUNCATE nor DELETE. */
  private static void empty(Connection jdbc, TableDefinition table) throws SQLException {
    String name = table.name().quoted();
    boolean isEmpty =
        Rows.one(jdbc, "SELECT NOT EXISTS (SELECT 1 FROM " + name + ")", row -> row.getBoolean(1));
    if (!isEmpty) {
      String create = Rows.one(jdbc, "SHOW CREATE TABLE " + name, row -> row.getString(2));
      jdbc.setCatalog(table.name().schema());
      Rows.execute(jdbc, "DROP TABLE " + name);
      Rows.execute(jdbc, create);
    }
  }

  /** Deletes the rows of a range. */
  public void delete(TableDefinition table, KeyRange range) {
    change(table, () -> deleteRows(table, range));
  }

  /** Adds the rows of a part, to a range that has none. */
  public void add(TableDefinition table, long rows, StoredBytes stored) {
    change(table, () -> insert(table, rows, stored));
  }

  /** Puts the rows of a part in place of those of a range, at once for whoever reads the table. */
  public void replace(TableDefinition table, KeyRange range, long rows, StoredBytes stored) {
    change(
        table,
        () -> {
          deleteRows(table, range);
          insert(table, rows, stored);
        });
  }

  private void deleteRows(TableDefinition table, KeyRange range) throws SQLException {
    Rows.execute(connection.connection(), new RangeSql(table).delete(range));
  }

  /** Takes all rows of a table away, whatever its engine. */
  public void empty(TableDefinition table) {
    try {
      Connection jdbc = connection.connection();
      jdbc.setAutoCommit(true);
      empty(jdbc, table);
    } catch (SQLException e) {
      throw translated(e, table);
    }
  }

  @FunctionalInterface
  private interface Change {
    void make() throws SQLException;
  }

  private void change(TableDefinition table, Change change) {
    try {
      if (table.transactional()) {
        transaction(
            () -> {
              change.make();
              return true;
            });
      } else {
        connection.connection().setAutoCommit(true);
        change.make();
      }
    } catch (SQLException e) {
      throw translated(e, table);
    }
  }

  @FunctionalInterface
  private interface Work {
    boolean run() throws SQLException;
  }

  /**
   * Begins again where the server has taken the transaction back, to end a deadlock: loads of
   * neighbouring ranges may meet in one, and so may others' work on the target.
   */
  private boolean transaction(Work work) throws SQLException {
    Connection jdbc = connection.connection();
    jdbc.setAutoCommit(false);
    for (int attempt = 1; ; attempt++) {
      try {
        boolean result = work.run();
        jdbc.commit();
        return result;
      } catch (SQLException | RuntimeException failed) {
        rollBack(jdbc);
        boolean isDeadlock = failed instanceof SQLException e && e.getErrorCode() == DEADLOCK;
        if (!isDeadlock || attempt == MOST_ATTEMPTS) {
          throw failed;
        }
      }
    }
  }

  private void insert(TableDefinition table, long rows, StoredBytes stored) throws SQLException {
    LoadConnection.Outcome outcome;
    throttle.beginStatement();
    try {
      outcome = target.canLoadLocal() ? loadData(table, stored) : insertRows(table, stored);
    } finally {
      throttle.endStatement();
    }
    if (outcome.rows() != rows || outcome.warnings() != 0) {
      throw new InvalidRequestException(
          "load a part of",
          "table " + table.name() + " on " + target.address(),
          "the server took "
              + outcome.rows()
              + " of "
              + rows
              + " rows, with "
              + outcome.warnings()
              + " warnings"
              + (outcome.warnings() == 0 ? "" : codes()),
          "Nothing of the part was kept. Restore into a server whose settings and version take"
              + " these values.");
    }
  }

  private LoadConnection.Outcome loadData(TableDefinition table, StoredBytes stored)
      throws SQLException {
    try (InputStream text = throttle.limited(PartDecoder.text(stored))) {
      LoadConnection.Outcome outcome = connection.load(new LoadSql(table).loadData(), text);
      return new LoadConnection.Outcome(outcome.rows(), doubts(table, outcome.warnings()));
    } catch (IOException e) {
      throw unreadable(table, e);
    }
  }

  private LoadConnection.Outcome insertRows(TableDefinition table, StoredBytes stored)
      throws SQLException {
    LoadSql sql = new LoadSql(table);
    StringBuilder statement = new StringBuilder();
    long insertBytes = Math.min(INSERT_BYTES, target.info().maxAllowedPacket() / 2);
    LoadConnection.Outcome outcome = new LoadConnection.Outcome(0, 0);
    try (InputStream text = throttle.limited(PartDecoder.text(stored))) {
      TsvReader reader = new TsvReader(text, table.columns().size());
      for (@Nullable Row row = reader.next(); row != null; row = reader.next()) {
        String next = sql.row(row);
        if (statement.length() + next.length() > insertBytes && !statement.isEmpty()) {
          outcome = outcome.plus(execute(table, statement));
        }
        statement.append(statement.isEmpty() ? sql.insert() : ",").append(next);
      }
    } catch (IOException e) {
      throw unreadable(table, e);
    }
    return statement.isEmpty() ? outcome : outcome.plus(execute(table, statement));
  }

  private LoadConnection.Outcome execute(TableDefinition table, StringBuilder sql)
      throws SQLException {
    try (Statement statement = connection.connection().createStatement()) {
      long rows = statement.executeLargeUpdate(sql.toString());
      sql.setLength(0);
      long warnings =
          Rows.one(
              connection.connection(), "SELECT @@SESSION.warning_count", row -> row.getLong(1));
      return new LoadConnection.Outcome(rows, doubts(table, warnings));
    }
  }

  /**
   * The warnings that may mean a changed value. ENUM's error value 0 is one that the server warns
   * of whenever it is stored, also when that is what the source has; whether it is, the checksum at
   * the end of the restore tells.
   */
  private long doubts(TableDefinition table, long warnings) throws SQLException {
    if (warnings == 0 || table.columns().stream().noneMatch(PartLoader::isEnum)) {
      return warnings;
    }
    long[] others = {0};
    Rows.each(
        connection.connection(),
        "SHOW WARNINGS",
        row -> others[0] += row.getInt("Code") == DATA_TRUNCATED ? 0 : 1);
    return others[0];
  }

  private static boolean isEnum(Column column) {
    return column.type().toLowerCase(Locale.ROOT).startsWith("enum(");
  }

  /** The warnings' codes only: their texts may hold values. */
  private String codes() {
    try {
      Set<Integer> codes = new TreeSet<>();
      Rows.each(connection.connection(), "SHOW WARNINGS", row -> codes.add(row.getInt("Code")));
      return " (codes "
          + codes.stream().map(String::valueOf).collect(Collectors.joining(", "))
          + ")";
    } catch (SQLException none) {
      return "";
    }
  }

  private boolean wasCommitted(TableDefinition table, int part) {
    connection.close();
    try {
      connection = target.openForLoad();
      return ledger.hasPart(connection.connection(), table.name(), part);
    } catch (SQLException e) {
      throw translated(e, table);
    }
  }

  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException lost) {
      // the server rolls back by itself when the connection is gone
    }
  }

  private DamageFoundException unreadable(TableDefinition table, IOException e) {
    return new DamageFoundException(
        "load a part of",
        "table " + table.name(),
        "its text cannot be read back",
        "Run varve verify --read-data to see what is damaged, and take another backup.",
        e);
  }

  private VarveException translated(SQLException e, TableDefinition table) {
    return SqlErrors.translate(
        e, "load a part of", "table " + table.name() + " on " + target.address());
  }

  @Override
  public void close() {
    connection.close();
  }
}
