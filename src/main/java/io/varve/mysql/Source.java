package io.varve.mysql;

import io.varve.VarveException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The server a backup reads from. One connection for metadata, and those of the snapshots that it
 * opens. Not thread-safe.
 */
public final class Source implements AutoCloseable {

  private static final int MOST_READINGS = 10;

  private final DatabaseServer server;
  private final Connection control;
  private final ServerStatus status;
  private final SnapshotOpener opener;

  private Source(DatabaseServer server) {
    this.server = server;
    this.control = server.open();
    this.status = new ServerStatus(control, server);
    this.opener = new SnapshotOpener(server);
    opener.noteEndOfLog(control);
  }

  public static Source connect(ConnectionSettings settings) {
    return new Source(DatabaseServer.connect(settings));
  }

  public ServerInfo info() {
    return server.info();
  }

  public String address() {
    return server.address().toString();
  }

  /** Reads what is there, as it is now. */
  public Catalog catalog(TableSelection selection) {
    return GuardedSql.call(
        "read the definitions of", address(), () -> readCatalog(here(selection)));
  }

  private TableSelection here(TableSelection selection) {
    return info().ignoresCaseOfNames() ? selection.inAnyCase() : selection;
  }

  /** What goes between the list of names and the look at each is no failure: looks again. */
  private Catalog readCatalog(TableSelection selection) throws SQLException {
    for (int reading = 1; ; reading++) {
      try {
        return Catalog.read(control, selection);
      } catch (SQLException e) {
        if (reading == MOST_READINGS || !TableIdentities.isGone(e)) {
          throw e;
        }
      }
    }
  }

  /**
   * Reads the sequences of a catalog as they are now; empty if one of them is gone. For after the
   * snapshot was opened: so their values are not behind its rows.
   */
  public Optional<Catalog> withSequences(Catalog catalog) {
    return GuardedSql.call(
        "read the sequences of",
        address(),
        () -> {
          try {
            return Optional.of(catalog.withSequences(control));
          } catch (SQLException e) {
            if (TableIdentities.isGone(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /**
   * The server's users and roles; needs to read the schema mysql.
   *
   * @param notes hears of those that are left out
   */
  public List<Account> accounts(Consumer<String> notes) {
    return GuardedSql.call(
        "read the accounts of",
        address(),
        () -> new AccountCatalog(control, info().flavour()).read(notes));
  }

  /** Which tables and views are selected, as of now. */
  public Set<TableName> names(TableSelection selection) {
    return GuardedSql.call(
        "list the tables of",
        address(),
        () -> {
          TableSelection selected = here(selection);
          Set<TableName> names = new TreeSet<>();
          Rows.each(
              control,
              "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE "
                  + selected.schemaCondition(control)
                  + " AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')",
              row -> {
                TableName name = new TableName(row.getString(1), row.getString(2));
                if (selected.selects(name)) {
                  names.add(name);
                }
              });
          return names;
        });
  }

  /** What tells each table from one that takes its place. Tables that are gone are left out. */
  public Map<TableName, TableIdentity> identities(Collection<TableName> tables) {
    return GuardedSql.call(
        "read the identities of tables on",
        address(),
        () -> new TableIdentities(control).read(tables));
  }

  public SessionInfo session() {
    return GuardedSql.call("look at the session on", address(), () -> SessionInfo.read(control));
  }

  /** Why a table's rows cannot be read by this user, or by nobody; reads none of them. */
  public Optional<String> obstacleToReading(TableDefinition table) {
    String columns =
        table.columns().stream()
            .map(column -> Quoted.identifier(column.name()))
            .collect(Collectors.joining(", "));
    try {
      Rows.execute(control, "SELECT " + columns + " FROM " + table.name().quoted() + " LIMIT 0");
      return Optional.empty();
    } catch (SQLException failed) {
      return TableIdentities.isGone(failed)
          ? Optional.empty()
          : Optional.of(SqlErrors.reason(failed));
    }
  }

  /** The best way to a snapshot that the server may have, privileges aside. */
  public SnapshotWay bestWay() {
    return SnapshotWay.best(info());
  }

  /** Why the best way is not one by the binary log, as a clause. */
  public String whyNoWayByLog() {
    return info().logBin()
        ? "gtid: gtid_mode is " + info().gtidMode() + ", not ON"
        : (info().isMariaDb() ? SnapshotWay.BINLOG_STATUS : SnapshotWay.GTID)
            + ": the binary log is off";
  }

  /**
   * What the user lacks of what a backup needs. Some small queries.
   *
   * @param schemas to be backed up
   * @param ways to a snapshot that should be possible
   */
  public List<MissingPrivilege> missingPrivileges(
      Collection<String> schemas, Set<SnapshotWay> ways) {
    return GuardedSql.call(
        "read the privileges of the user on",
        address(),
        () -> BackupPrivileges.missing(control, info(), schemas, ways));
  }

  /**
   * The failure with the statements that give all that the user lacks, where it came of a lack of
   * privileges; else as it is.
   */
  public VarveException explained(VarveException failure, TableSelection selection) {
    return Denial.explained(
        failure,
        () ->
            BackupPrivileges.missing(
                control, info(), visibleSchemas(selection), Set.of(SnapshotWay.best(info()))));
  }

  private Set<String> visibleSchemas(TableSelection selection) throws SQLException {
    Set<String> schemas = new TreeSet<>();
    names(selection).forEach(table -> schemas.add(table.schema()));
    Rows.each(
        control,
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
        row -> {
          if (selection.selectsSchema(row.getString(1))) {
            schemas.add(row.getString(1));
          }
        });
    return schemas;
  }

  /** Opens some connections that see one instant. */
  public Snapshot snapshot(
      int connections, Collection<TableName> tables, Optional<SnapshotWay> way) {
    SnapshotRequest request = SnapshotRequest.of(connections, List.copyOf(tables));
    return opener.open(way.map(request::forcing).orElse(request));
  }

  /**
   * Takes a worker's seat where the processes of one job meet.
   *
   * @param job its id
   * @param worker from 0
   * @throws io.varve.RetryLaterException if another process has this seat
   */
  public SnapshotMeeting meeting(String job, int worker, int workers) {
    return SnapshotMeeting.join(server, job, worker, workers);
  }

  /** How the server is doing; may be asked by other threads too. */
  public ServerStatus status() {
    return status;
  }

  /**
   * What holds the workers of a run back.
   *
   * @param isTimeUp ends all waiting
   * @param warnings hears of each pause when it begins
   */
  public Throttle throttle(
      Throttling throttling, BooleanSupplier isTimeUp, Consumer<String> warnings) {
    return Throttle.of(throttling, status, address(), isTimeUp, warnings);
  }

  /** One reader for each connection of a snapshot. */
  public List<TableReader> readers(Snapshot snapshot, Throttle throttle) {
    LargeRows largeRows = new LargeRows();
    return snapshot.connections().stream()
        .map(connection -> TableReader.inSnapshot(connection, address(), largeRows, throttle))
        .toList();
  }

  @Override
  public void close() {
    try {
      control.close();
    } catch (SQLException alreadyGone) {
      // nothing is open in it
    }
    server.close();
  }
}
