package io.varve.mysql;

import io.varve.InvalidRequestException;
import io.varve.VarveException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The server a restore writes to. Everything that is made is looked up first, so that each step can
 * be done again: so it is when the connection was lost, which is idle while rows are loaded. What
 * it makes itself it makes on that connection, and is not thread-safe; {@link #tableMaker}, {@link
 * #loader} and {@link #reader} open their own.
 */
public final class Target implements AutoCloseable {

  /** The table in which a restore notes what it has done. */
  public static final String LEDGER = RestoreLedger.TABLE;

  private final DatabaseServer server;
  private final boolean binaryLogOff;
  private Connection connection;

  private Target(DatabaseServer server, BinaryLog binaryLog) {
    this.server = server;
    this.binaryLogOff = binaryLog == BinaryLog.OFF;
    this.connection = server.open();
  }

  /** Whether what a restore writes goes to the target's binary log. */
  public enum BinaryLog {
    ON,
    OFF
  }

  /**
   * Connects.
   *
   * @param binaryLog off needs a privilege that managed servers do not give
   */
  public static Target connect(ConnectionSettings settings, BinaryLog binaryLog) {
    Target target = new Target(DatabaseServer.connect(settings), binaryLog);
    try {
      target.guarded("prepare a session on", "the target", () -> target.prepare(target.connection));
      return target;
    } catch (VarveException failed) {
      VarveException explained =
          Denial.explained(
              failed,
              () ->
                  List.of(
                      RestorePrivileges.binaryLogOff(
                          target.info(), Grants.account(target.connection))));
      target.close();
      throw explained;
    }
  }

  public String address() {
    return server.address().toString();
  }

  public ServerInfo info() {
    return server.info();
  }

  /** Whether it takes {@code LOAD DATA LOCAL}; else rows go by INSERT. */
  public boolean canLoadLocal() {
    return server.info().localInfile();
  }

  /** The most that an INSERT of one row takes, by the size of the row's text. */
  public long insertBytes(TableDefinition table, long rowBytes) {
    return new LoadSql(table).longestInsert(rowBytes);
  }

  /** Whether it refuses tables without a primary key, also when this user asks it not to. */
  public boolean requiresPrimaryKeys() {
    Set<String> on = new HashSet<>();
    guarded(
        "read the settings of",
        "the target",
        () ->
            Rows.each(
                connection,
                "SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_require_primary_key',"
                    + " 'innodb_force_primary_key') AND Value='ON'",
                row -> on.add(row.getString(1))));
    return !on.isEmpty();
  }

  private void prepare(Connection session) throws SQLException {
    if (binaryLogOff) {
      Rows.execute(session, "SET SESSION sql_log_bin=0");
    }
    setSqlMode(session);
    Rows.execute(session, "SET SESSION foreign_key_checks=0");
    // all warnings of a part are looked at; what is not seen of them the checksum at the end tells,
    // for on MySQL this needs a privilege that RDS does not give
    optionally(session, "SET SESSION max_error_count=65535");
    if (server.info().flavour() == Flavour.MYSQL) {
      // a table without a key must not get an invisible one that the source had not
      optionally(session, "SET SESSION sql_generate_invisible_primary_key=0");
      optionally(session, "SET SESSION sql_require_primary_key=0");
    }
    if (server.info().flavour() == Flavour.MARIADB) {
      optionally(session, "SET SESSION system_versioning_insert_history=1");
    }
    // what the source accepted, the target must not refuse for style
    optionally(session, "SET SESSION innodb_strict_mode=0");
  }

  private static void setSqlMode(Connection session) throws SQLException {
    Rows.execute(
        session,
        "SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'");
  }

  private static void optionally(Connection session, String sql) {
    try {
      Rows.execute(session, sql);
    } catch (SQLException notAllowed) {
      // the statement that needs it will say so
    }
  }

  /**
   * What holds the workers of a run back.
   *
   * @param isTimeUp ends all waiting
   * @param warnings hears of each pause when it begins
   */
  public Throttle throttle(
      Throttling throttling, BooleanSupplier isTimeUp, Consumer<String> warnings) {
    return Throttle.of(
        throttling, new ServerStatus(connection, server), address(), isTimeUp, warnings);
  }

  LoadConnection openForLoad() {
    LoadConnection opened = server.openForLoad();
    try {
      prepare(opened.connection());
      return opened;
    } catch (SQLException e) {
      opened.close();
      throw SqlErrors.translate(e, "prepare a session on", address());
    }
  }

  public SessionInfo session() {
    return GuardedSql.call("look at the session on", address(), () -> SessionInfo.read(connection));
  }

  /** What a restore could do here. Some small queries; makes nothing. */
  public TargetAbilities abilities() {
    return GuardedSql.call(
        "find out what can be done on", address(), () -> TargetAbilities.read(connection, info()));
  }

  /** What it takes to keep other definers than the restoring user. */
  public MissingPrivilege definers() {
    return RestorePrivileges.definers(info(), session().account());
  }

  /**
   * Refuses tables that the server would not make, without making any.
   *
   * @param tables as they are named on the target
   * @param sequences that will be there before the tables, likewise
   * @throws InvalidRequestException naming the first, and what of it
   */
  public void requireKnown(
      Collection<TableDefinition> tables,
      Collection<TableName> sequences,
      Map<String, String> renames) {
    guarded(
        "try the definitions of tables on",
        "the target",
        () -> {
          requireHistoryCanBeWritten(tables);
          StatementProbe probe =
              new StatementProbe(connection, server.info(), address(), sequences);
          for (TableDefinition table : tables) {
            probe.require(table, renames);
          }
        });
  }

  private void requireHistoryCanBeWritten(Collection<TableDefinition> tables) throws SQLException {
    Optional<TableDefinition> withHistory =
        tables.stream().filter(TableDefinition::hasHistory).findFirst();
    if (withHistory.isPresent() && info().isMariaDb() && !canWriteHistory()) {
      throw new InvalidRequestException(
          "restore",
          "table " + withHistory.get().name() + " into " + address(),
          "MariaDB "
              + info().version()
              + " cannot be given the history of a system-versioned table",
          "Restore into MariaDB 10.11 or newer, or exclude the table.");
    }
  }

  private boolean canWriteHistory() throws SQLException {
    return Rows.one(
        connection,
        "SELECT COUNT(*) FROM information_schema.SYSTEM_VARIABLES WHERE VARIABLE_NAME ="
            + " 'SYSTEM_VERSIONING_INSERT_HISTORY'",
        row -> row.getInt(1) > 0);
  }

  /** Whether the server has a collation. */
  public boolean knowsCollation(String charset, String collation) {
    return GuardedSql.call(
        "look for a collation on",
        address(),
        () -> {
          try {
            Rows.one(
                connection,
                "SELECT _" + charset + "'' COLLATE " + collation,
                row -> row.getString(1));
            return true;
          } catch (SQLException e) {
            if (e.getErrorCode() == ObjectMaker.UNKNOWN_COLLATION) {
              return false;
            }
            throw e;
          }
        });
  }

  /**
   * What the user lacks of what a restore needs, as far as its grants tell.
   *
   * @param work what is made in each schema
   */
  public List<MissingPrivilege> missingPrivileges(Map<String, Set<RestoreWork>> work) {
    return GuardedSql.call(
        "read the privileges of the user on",
        address(),
        () -> RestorePrivileges.missing(connection, info(), work));
  }

  /**
   * The failure with the statements that give all that the user lacks, where it came of a lack of
   * privileges; else as it is.
   */
  public VarveException explained(VarveException failure, Map<String, Set<RestoreWork>> work) {
    return Denial.explained(failure, () -> RestorePrivileges.missing(connection, info(), work));
  }

  /** The tables and views among the given names that stand on the target. */
  public Set<TableName> existing(Collection<TableName> names) {
    Map<TableName, TableName> wanted = new HashMap<>();
    names.forEach(name -> wanted.put(folded(name), name));
    Set<TableName> existing = new TreeSet<>();
    guarded(
        "list the tables of",
        "the target",
        () ->
            Rows.each(
                connection,
                "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES",
                row -> {
                  TableName name = new TableName(row.getString(1), row.getString(2));
                  if (wanted.containsKey(folded(name))) {
                    existing.add(wanted.get(folded(name)));
                  }
                }));
    return existing;
  }

  /** Under which a name is to be found, as the server compares it. */
  private TableName folded(TableName name) {
    return info().ignoresCaseOfNames()
        ? new TableName(lower(name.schema()), lower(name.table()))
        : name;
  }

  /** The names of routines and events are compared without case on every server. */
  private TableName foldedProgram(TableName name) {
    return new TableName(folded(name).schema(), lower(name.table()));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The routines and events among the given names that stand on the target. */
  public Set<TableName> existingPrograms(Collection<TableName> names) {
    Map<TableName, TableName> wanted = new HashMap<>();
    names.forEach(name -> wanted.put(foldedProgram(name), name));
    Set<TableName> existing = new TreeSet<>();
    guarded(
        "list the routines and events of",
        "the target",
        () ->
            Rows.each(
                connection,
                "SELECT ROUTINE_SCHEMA, ROUTINE_NAME FROM information_schema.ROUTINES UNION"
                    + " SELECT EVENT_SCHEMA, EVENT_NAME FROM information_schema.EVENTS",
                row -> {
                  TableName name = new TableName(row.getString(1), row.getString(2));
                  if (wanted.containsKey(foldedProgram(name))) {
                    existing.add(wanted.get(foldedProgram(name)));
                  }
                }));
    return existing;
  }

  /**
   * Makes a schema unless it is there: then nothing is asked of the server that would wait until
   * nobody has a transaction open in it, as {@code CREATE DATABASE IF NOT EXISTS} does on MySQL.
   */
  public void createSchema(SchemaDefinition schema, String name) {
    guarded(
        "create",
        "schema " + name,
        () -> {
          Set<String> there = new HashSet<>();
          Rows.each(
              connection,
              "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
              row -> there.add(row.getString(1)));
          if (!there.contains(name)) {
            Rows.execute(
                connection,
                "CREATE DATABASE IF NOT EXISTS "
                    + Quoted.identifier(name)
                    + " CHARACTER SET "
                    + schema.charset()
                    + " COLLATE "
                    + schema.collation());
          }
        });
  }

  /** The schemas that are made to be dropped again. */
  public ScratchSchemas scratchSchemas() {
    return new ScratchSchemas(this);
  }

  /** Work on the connection, which is done again where that was lost. */
  interface Work {
    void on(Connection connection) throws SQLException;
  }

  void work(String doing, String subject, Work work) {
    guarded(doing, subject, () -> work.on(connection));
  }

  /** What the restore that left its ledger in a schema was; empty where there is none. */
  public Optional<String> ledgerBinding(String schema) {
    return GuardedSql.call(
        "look for the ledger of a restore in",
        "schema " + schema + " on " + address(),
        () -> new RestoreLedger(schema).binding(connection));
  }

  public void createLedger(String schema, String binding) {
    guarded(
        "create the ledger of the restore in",
        "schema " + schema,
        () -> new RestoreLedger(schema).create(connection, binding));
  }

  /** All that the ledger in a schema notes of a kind. */
  public Set<String> noted(String ledgerSchema, LedgerNote note) {
    return GuardedSql.call(
        "read the ledger in",
        "schema " + ledgerSchema + " on " + address(),
        () -> {
          Set<String> noted = new HashSet<>();
          againIfLost(() -> noted.addAll(new RestoreLedger(ledgerSchema).noted(connection, note)));
          return noted;
        });
  }

  /** Adds notes to the ledger in a schema. */
  public void note(String ledgerSchema, LedgerNote note, Collection<String> details) {
    guarded(
        "write the ledger in",
        "schema " + ledgerSchema,
        () -> new RestoreLedger(ledgerSchema).note(connection, note, details));
  }

  /** Takes all notes of a kind out of the ledger in a schema. */
  public void forget(String ledgerSchema, LedgerNote note) {
    guarded(
        "write the ledger in",
        "schema " + ledgerSchema,
        () -> new RestoreLedger(ledgerSchema).forget(connection, note));
  }

  public void dropLedger(String schema) {
    guarded(
        "drop the ledger of the restore in",
        "schema " + schema,
        () -> new RestoreLedger(schema).drop(connection));
  }

  /**
   * The tables among the given ones that this restore has made, as its ledger says: the others that
   * stand are not its own.
   */
  public Set<TableName> made(String ledgerSchema, Collection<TableName> tables) {
    Set<TableName> made = new TreeSet<>();
    guarded(
        "read the ledger in",
        "schema " + ledgerSchema,
        () -> {
          for (TableName table : tables) {
            if (new RestoreLedger(ledgerSchema).hasTable(connection, table)) {
              made.add(table);
            }
          }
        });
    return made;
  }

  /** The definitions of some tables that stand on the target. */
  public Map<TableName, TableDefinition> definitions(Collection<TableName> tables) {
    if (tables.isEmpty()) {
      return Map.of();
    }
    TableSelection selection = TableSelection.of(tables);
    return GuardedSql.call(
        "read the definitions of tables on",
        address(),
        () -> {
          Map<TableName, TableDefinition> definitions = new HashMap<>();
          Catalog.read(connection, info().ignoresCaseOfNames() ? selection.inAnyCase() : selection)
              .tables()
              .forEach(table -> definitions.put(table.name(), table.definition()));
          return definitions;
        });
  }

  /** The triggers of some tables, by the table; and the tables whose rows others follow. */
  public Map<TableName, List<String>> triggers(Collection<TableName> tables) {
    Map<TableName, List<String>> triggers = new TreeMap<>();
    guarded(
        "list the triggers of",
        "the target",
        () ->
            Rows.each(
                connection,
                "SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME FROM"
                    + " information_schema.TRIGGERS",
                row -> {
                  TableName table = new TableName(row.getString(1), row.getString(2));
                  if (tables.contains(table)) {
                    triggers.computeIfAbsent(table, t -> new ArrayList<>()).add(row.getString(3));
                  }
                }));
    return triggers;
  }

  /** The tables, among some, to whose rows a foreign key of another table refers. */
  public Set<TableName> referredToByOthers(Collection<TableName> tables) {
    Set<TableName> referred = new TreeSet<>();
    guarded(
        "list the foreign keys of",
        "the target",
        () ->
            Rows.each(
                connection,
                "SELECT DISTINCT REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, TABLE_SCHEMA,"
                    + " TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE"
                    + " REFERENCED_TABLE_NAME IS NOT NULL",
                row -> {
                  TableName parent = new TableName(row.getString(1), row.getString(2));
                  TableName child = new TableName(row.getString(3), row.getString(4));
                  if (tables.contains(parent) && !tables.contains(child)) {
                    referred.add(parent);
                  }
                }));
    return referred;
  }

  public void dropTrigger(String schema, String trigger) {
    guarded(
        "drop",
        "trigger " + new TableName(schema, trigger),
        () ->
            Rows.execute(
                connection,
                "DROP TRIGGER IF EXISTS "
                    + Quoted.identifier(schema)
                    + "."
                    + Quoted.identifier(trigger)));
  }

  /** Sets where the AUTO_INCREMENT of a table goes on. */
  public void setAutoIncrement(TableName table, String next) {
    guarded(
        "set the next AUTO_INCREMENT of",
        "table " + table,
        () ->
            Rows.execute(connection, "ALTER TABLE " + table.quoted() + " AUTO_INCREMENT=" + next));
  }

  /** The tables of some schemas. */
  public Set<TableName> tables(Collection<String> schemas) {
    Set<TableName> tables = new TreeSet<>();
    guarded(
        "list the tables of",
        "the target",
        () ->
            Rows.each(
                connection,
                "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE"
                    + " IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE')",
                row -> {
                  if (schemas.contains(row.getString(1))) {
                    tables.add(new TableName(row.getString(1), row.getString(2)));
                  }
                }));
    return tables;
  }

  /** Drops a table or view, whatever refers to it. */
  public void drop(TableName name) {
    guarded("drop", "table " + name, () -> drop(connection, name));
  }

  private static void drop(Connection connection, TableName name) throws SQLException {
    Rows.execute(connection, "DROP VIEW IF EXISTS " + name.quoted());
    Rows.execute(connection, "DROP TABLE IF EXISTS " + name.quoted());
  }

  /** What to do about a table that stands where one is to be made. */
  public enum ExistingTable {
    REFUSE {
      @Override
      void meet(Connection connection, TableName table, String address) {
        throw new InvalidRequestException(
            "restore into",
            "table " + table + " on " + address,
            "it exists",
            "Restore under another name (--rename), drop it, or overwrite it (--mode replace).");
      }
    },
    DROP {
      @Override
      void meet(Connection connection, TableName table, String address) throws SQLException {
        Target.drop(connection, table);
      }
    };

    abstract void meet(Connection connection, TableName table, String address) throws SQLException;
  }

  /**
   * Opens a connection that makes tables.
   *
   * @param renames schemas that get another name, by the one that statements of the source use
   */
  public TableMaker tableMaker(String ledgerSchema, Map<String, String> renames) {
    return new TableMaker(opened(), address(), new RestoreLedger(ledgerSchema), renames);
  }

  private Connection opened() {
    Connection opened = server.open();
    try {
      prepare(opened);
      return opened;
    } catch (SQLException e) {
      throw SqlErrors.translate(e, "prepare a session on", address());
    }
  }

  /** Opens a connection that loads. */
  public PartLoader loader(String ledgerSchema, Throttle throttle) {
    return new PartLoader(this, new RestoreLedger(ledgerSchema), throttle);
  }

  /** Opens a connection that judges ranges; the caller closes it. */
  public TargetReader reader(Throttle throttle) {
    return new TargetReader(server.open(), address(), throttle);
  }

  /**
   * Makes a view, routine, trigger or event, in place of one of that name that this or an earlier
   * try has made.
   *
   * @param notes hears what people should know
   * @return false if something that it stands on is not there yet: try again after the others
   */
  public boolean createObject(
      SchemaObject object,
      String schema,
      Map<String, String> renames,
      ObjectOptions options,
      Consumer<String> notes) {
    Set<String> heard = new LinkedHashSet<>(); // of a try that fails the next one tells again
    try {
      againIfLost(
          () -> {
            heard.clear();
            try {
              new ObjectMaker(connection, options, heard::add).make(object, schema, renames);
            } finally {
              setSqlMode(connection);
            }
          });
      heard.forEach(notes);
      return true;
    } catch (SQLException e) {
      if (object.kind() == SchemaObject.Kind.VIEW && isMissingReference(e)) {
        return false;
      }
      throw SqlErrors.translate(
          e, "create", object.kind().word() + " " + new TableName(schema, object.name()));
    }
  }

  /**
   * Makes the accounts that are not there; see {@link #grant}.
   *
   * @return those that it has made
   */
  public List<Account> makeAccounts(
      String ledgerSchema, List<Account> accounts, Consumer<String> notes) {
    List<Account> made = new ArrayList<>();
    guarded(
        "make",
        "accounts",
        () ->
            made.addAll(
                new AccountMaker(connection, notes)
                    .make(accounts, new RestoreLedger(ledgerSchema))));
    return made;
  }

  /** Gives accounts what they may do, on what has been restored by then. */
  public void grant(List<Account> accounts, Map<String, String> renames, Consumer<String> notes) {
    guarded(
        "give grants to",
        "accounts",
        () -> new AccountMaker(connection, notes).grant(accounts, renames));
  }

  /**
   * Refuses an account that is known not to be there.
   *
   * @throws InvalidRequestException then
   */
  public void requireAccount(Definer.Account account) {
    if (!ObjectMaker.accountExists(connection, account.user(), account.host()).orElse(true)) {
      throw new InvalidRequestException(
          "restore with definer",
          account + " into " + address(),
          "there is no such account",
          "Create it first, name another, or let the restoring user stand in (--definer strip).");
    }
  }

  private static boolean isMissingReference(SQLException e) {
    return switch (e.getErrorCode()) {
      // no such table, function, column; view refers to something invalid
      case 1146, 1305, 1054, 1356 -> true;
      default -> false;
    };
  }

  private void guarded(String doing, String subject, GuardedSql.Action action) {
    GuardedSql.run(doing, subject + " on " + address(), () -> againIfLost(action));
  }

  private void againIfLost(GuardedSql.Action action) throws SQLException {
    try {
      action.run();
    } catch (SQLException e) {
      if (!SqlErrors.isLostConnection(e)) {
        throw e;
      }
      Connection lost = connection;
      connection = opened();
      lost.close();
      action.run();
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException alreadyGone) {
      // nothing is open in it
    }
    server.close();
  }
}
