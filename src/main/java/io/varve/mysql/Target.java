package io.varve.mysql;

import io.varve.InvalidRequestException;
import io.varve.VarveException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The server a restore writes to. Everything that is made is looked up first, so that each step can
 * be done again. Its DDL runs on one connection and is not thread-safe; {@link #loader} and {@link
 * #reader} open their own.
 */
public final class Target implements AutoCloseable {

  private final DatabaseServer server;
  private final boolean binaryLogOff;
  private final Connection connection;

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

  boolean canLoadLocal() {
    return server.info().localInfile();
  }

  private void prepare(Connection session) throws SQLException {
    if (binaryLogOff) {
      Rows.execute(session, "SET SESSION sql_log_bin=0");
    }
    Rows.execute(
        session,
        "SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION',"
            + " foreign_key_checks=0");
    // all warnings of a part are looked at; what is not seen of them the checksum at the end tells,
    // for on MySQL this needs a privilege that RDS does not give
    optionally(session, "SET SESSION max_error_count=65535");
    if (server.info().flavour() == Flavour.MYSQL) {
      // a table without a key must not get an invisible one that the source had not
      optionally(session, "SET SESSION sql_generate_invisible_primary_key=0");
    }
    if (server.info().flavour() == Flavour.MARIADB) {
      optionally(session, "SET SESSION system_versioning_insert_history=1");
    }
    // what the source accepted, the target must not refuse for style
    optionally(session, "SET SESSION innodb_strict_mode=0");
  }

  private static void optionally(Connection session, String sql) {
    try {
      Rows.execute(session, sql);
    } catch (SQLException notAllowed) {
      // the statement that needs it will say so
    }
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
    Set<TableName> wanted = new HashSet<>(names);
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
                  if (wanted.contains(name)) {
                    existing.add(name);
                  }
                }));
    return existing;
  }

  private boolean stands(TableName table) throws SQLException {
    return Rows.one(
        connection,
        "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA="
            + Quoted.text(table.schema())
            + " AND TABLE_NAME="
            + Quoted.text(table.table()),
        row -> row.getInt(1) > 0);
  }

  /** The routines and events among the given names that stand on the target. */
  public Set<TableName> existingPrograms(Collection<TableName> names) {
    Set<TableName> wanted = new HashSet<>(names);
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
                  if (wanted.contains(name)) {
                    existing.add(name);
                  }
                }));
    return existing;
  }

  /** Makes a schema unless it is there. */
  public void createSchema(SchemaDefinition schema, String name) {
    guarded(
        "create",
        "schema " + name,
        () ->
            Rows.execute(
                connection,
                "CREATE DATABASE IF NOT EXISTS "
                    + Quoted.identifier(name)
                    + " CHARACTER SET "
                    + schema.charset()
                    + " COLLATE "
                    + schema.collation()));
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

  /** Drops a table or view, whatever refers to it. */
  public void drop(TableName name) {
    guarded(
        "drop",
        "table " + name,
        () -> {
          Rows.execute(connection, "DROP VIEW IF EXISTS " + name.quoted());
          Rows.execute(connection, "DROP TABLE IF EXISTS " + name.quoted());
        });
  }

  /**
   * Makes a table without what comes after the load, unless this restore has made it before. The
   * ledger's note comes first, so that no table of its own is ever taken for a stranger's.
   *
   * @throws InvalidRequestException if a table stands there that this restore has not made, and it
   *     is not to be replaced
   */
  public void createTable(
      String ledgerSchema,
      TableDefinition table,
      Map<String, String> renames,
      ExistingTable existing) {
    guarded(
        "create",
        "table " + table.name(),
        () -> {
          if (!standsByThisRestore(ledgerSchema, table.name(), existing)) {
            connection.setCatalog(table.name().schema());
            Rows.execute(connection, SqlText.renameSchemas(table.create(), renames));
          }
        });
  }

  /**
   * Makes a sequence that goes on where the source's was; as {@link #createTable}, in whose
   * namespace it is.
   */
  public void createSequence(
      String ledgerSchema, Sequence sequence, TableName name, ExistingTable existing) {
    guarded(
        "create",
        "sequence " + name,
        () -> {
          if (!standsByThisRestore(ledgerSchema, name, existing)) {
            connection.setCatalog(name.schema());
            Rows.execute(connection, sequence.create());
          }
          // SETVAL does not go back, which RESTART and cycles on the source have done
          String rest =
              Rows.one(
                  connection,
                  "SELECT CONCAT_WS(',', minimum_value, maximum_value, start_value, increment,"
                      + " cache_size, cycle_option) FROM "
                      + name.quoted(),
                  row -> row.getString(1));
          Rows.execute(
              connection,
              "INSERT INTO "
                  + name.quoted()
                  + " VALUES ("
                  + String.join(",", sequence.nextValue(), rest, sequence.cycleCount())
                  + ")");
        });
  }

  private boolean standsByThisRestore(String ledgerSchema, TableName name, ExistingTable existing)
      throws SQLException {
    RestoreLedger ledger = new RestoreLedger(ledgerSchema);
    boolean stands = stands(name);
    if (!ledger.hasTable(connection, name)) {
      if (stands) {
        existing.meet(this, name);
        stands = false;
      }
      ledger.addTable(connection, name);
    }
    return stands;
  }

  /** What to do about a table that stands where one is to be made. */
  public enum ExistingTable {
    REFUSE {
      @Override
      void meet(Target target, TableName table) {
        throw new InvalidRequestException(
            "restore into",
            "table " + table + " on " + target.address(),
            "it exists",
            "Restore under another name (--rename), drop it, or overwrite it (--mode replace).");
      }
    },
    DROP {
      @Override
      void meet(Target target, TableName table) {
        target.drop(table);
      }
    };

    abstract void meet(Target target, TableName table);
  }

  /** Opens a connection that loads. */
  public PartLoader loader(String ledgerSchema) {
    return new PartLoader(this, new RestoreLedger(ledgerSchema));
  }

  /** Opens a connection that judges ranges; the caller closes it. */
  public TargetReader reader() {
    return new TargetReader(server.open(), address());
  }

  /**
   * Makes the indexes of a table that are missing: all in one statement, so that its rows are read
   * once; a FULLTEXT index needs one of its own. Opens its own connection.
   */
  public void createIndexes(TableDefinition table) {
    addMissing(table, table.indexes(), CreateTable::indexes, "indexes", Map.of());
  }

  /** Makes the foreign keys of a table that are missing; opens its own connection. */
  public void createForeignKeys(TableDefinition table, Map<String, String> renames) {
    addMissing(table, table.foreignKeys(), CreateTable::foreignKeys, "foreign keys", renames);
  }

  // An index and a foreign key may have one name: the server names the index of a foreign key so.
  private void addMissing(
      TableDefinition table,
      List<String> wanted,
      Function<CreateTable, List<String>> kind,
      String what,
      Map<String, String> renames) {
    if (wanted.isEmpty()) {
      return;
    }
    guarded(
        "create the " + what + " of",
        "table " + table.name(),
        () -> {
          try (Connection own = server.open()) {
            prepare(own);
            own.setCatalog(table.name().schema());
            String shown =
                Rows.one(
                    own, "SHOW CREATE TABLE " + table.name().quoted(), row -> row.getString(2));
            Set<String> present = CreateTable.names(kind.apply(CreateTable.split(shown, Set.of())));
            List<String> missing =
                wanted.stream()
                    .map(item -> SqlText.renameSchemas(item, renames))
                    .filter(item -> !present.contains(CreateTable.name(item)))
                    .toList();
            for (List<String> together : statements(missing)) {
              Rows.execute(
                  own,
                  "ALTER TABLE "
                      + table.name().quoted()
                      + " ADD "
                      + String.join(", ADD ", together));
            }
          }
        });
  }

  private static List<List<String>> statements(List<String> items) {
    List<List<String>> statements = new ArrayList<>();
    List<String> together = items.stream().filter(i -> !CreateTable.isFulltext(i)).toList();
    if (!together.isEmpty()) {
      statements.add(together);
    }
    items.stream().filter(CreateTable::isFulltext).map(List::of).forEach(statements::add);
    return statements;
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
      try {
        new ObjectMaker(connection, options, heard::add).make(object, schema, renames);
      } finally {
        prepare(connection);
      }
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
    return GuardedSql.call(
        "make accounts on",
        address(),
        () -> new AccountMaker(connection, new RestoreLedger(ledgerSchema), notes).make(accounts));
  }

  /** Gives accounts what they may do, on what has been restored by then. */
  public void grant(
      String ledgerSchema,
      List<Account> accounts,
      Map<String, String> renames,
      Consumer<String> notes) {
    new AccountMaker(connection, new RestoreLedger(ledgerSchema), notes).grant(accounts, renames);
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
    GuardedSql.run(doing, subject + " on " + address(), action);
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
