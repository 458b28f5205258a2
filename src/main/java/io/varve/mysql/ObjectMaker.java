package io.varve.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes views, routines, triggers and events on a target, under the session settings and for the
 * definer that they are to have. Not thread-safe; leaves the session's settings changed.
 */
final class ObjectMaker {

  // quoted as the sql_mode has it under which the object was made; a role has no host
  private static final String QUOTED = "`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"";
  private static final String NAME = "(" + QUOTED + ")";
  private static final Pattern DEFINER =
      Pattern.compile("DEFINER\\s*=\\s*" + NAME + "(?:@" + NAME + ")?\\s*");
  private static final Pattern ON_TABLE =
      Pattern.compile(
          "ON\\s+(?:(?:%1$s|[^\\s`\".]+)\\s*\\.\\s*)?(%1$s|[^\\s`\".]+)\\s+FOR\\s+EACH\\s+ROW\\b"
              .formatted(QUOTED),
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ENABLED =
      Pattern.compile("(ON COMPLETION (?:NOT )?PRESERVE) ENABLE\\b");

  static final int UNKNOWN_COLLATION = 1273;
  private static final int NO_SUCH_USER = 1449;
  private static final int WRONG_VALUE = 1231;
  private static final int ACCESS_DENIED = 1227;
  private static final int PAST_AND_DISABLED = 1544;
  private static final int PAST_AND_NOT_MADE = 1588;

  private final Connection connection;
  private final ObjectOptions options;
  private final Consumer<String> notes;

  /**
   * @param notes hears what people should know
   */
  ObjectMaker(Connection connection, ObjectOptions options, Consumer<String> notes) {
    this.connection = connection;
    this.options = options;
    this.notes = notes;
  }

  /** Makes one, in place of one of that name. */
  void make(SchemaObject object, String schema, Map<String, String> renames) throws SQLException {
    connection.setCatalog(schema);
    String create =
        withEventState(
            SqlText.renameSchemas(onItsTable(object), object.quoting(), renames), object);
    Set<Integer> warnings =
        switch (options.definer()) {
          case Definer.Kept kept -> makeKeepingDefiner(object, create);
          case Definer.Stripped stripped -> make(object, withDefiner(object, create, ""));
          case Definer.Account account ->
              make(object, withDefiner(object, create, account.clause()));
        };
    if (warnings.contains(NO_SUCH_USER)) {
      note(object, "its definer has no account on the target, so it cannot be used yet");
    }
    if (warnings.contains(PAST_AND_NOT_MADE)) {
      note(object, "its time is past, so the server does not make it");
    }
    if (warnings.contains(PAST_AND_DISABLED)) {
      note(object, "its time is past, so the server has disabled it");
    }
  }

  /**
   * Without an account its definer would make the object unusable. Where the restoring user may not
   * look accounts up, the server says after the fact that there is none.
   */
  private Set<Integer> makeKeepingDefiner(SchemaObject object, String create) throws SQLException {
    Optional<Matcher> definer = SqlText.find(create, object.quoting(), DEFINER);
    if (definer.isEmpty()) {
      return make(object, create);
    }
    String user = name(definer.get().group(1));
    Optional<Boolean> exists = accountExists(connection, user, name(definer.get().group(2)));
    if (exists.isPresent() && exists.get()) {
      return make(object, create);
    }
    if (exists.isEmpty()) {
      try {
        Set<Integer> warnings = make(object, create);
        if (!warnings.contains(NO_SUCH_USER)) {
          return warnings;
        }
      } catch (SQLException e) {
        if (e.getErrorCode() != ACCESS_DENIED && e.getErrorCode() != NO_SUCH_USER) {
          throw e;
        }
        note(
            object,
            "the restoring user may not make it for its definer and stands in: "
                + SqlErrors.reasonAndHint(e, Grants.account(connection)));
        return make(object, withDefiner(object, create, ""));
      }
    }
    note(object, "its definer has no account on the target, the restoring user stands in");
    return make(object, withDefiner(object, create, ""));
  }

  /**
   * Whether there is an account or role; empty where this user may not know.
   *
   * @param host empty for a role
   */
  static Optional<Boolean> accountExists(Connection connection, String user, String host) {
    try {
      return Optional.of(
          Rows.one(
              connection,
              "SELECT COUNT(*) FROM mysql.user WHERE User="
                  + Quoted.text(user)
                  + " AND Host="
                  + Quoted.text(host),
              row -> row.getInt(1) > 0));
    } catch (SQLException notAllowed) {
      return Optional.empty();
    }
  }

  /** Executes the statement, and answers the numbers of the server's warnings. */
  private Set<Integer> make(SchemaObject object, String create) throws SQLException {
    Rows.execute(
        connection, "DROP " + object.kind() + " IF EXISTS " + Quoted.identifier(object.name()));
    sessionOf(object);
    Rows.execute(connection, create);
    Set<Integer> warnings = new HashSet<>();
    Rows.each(connection, "SHOW WARNINGS", row -> warnings.add(row.getInt(2)));
    return warnings;
  }

  /** A server that ignores the case of names shows a trigger's table as somebody once wrote it. */
  private static String onItsTable(SchemaObject object) {
    String create = object.create();
    if (object.kind() != SchemaObject.Kind.TRIGGER) {
      return create;
    }
    return SqlText.find(create, object.quoting(), ON_TABLE)
        .map(
            found -> {
              String written = found.group(1);
              String table = written.matches(QUOTED) ? name(written) : written;
              // the same text wherever it is right, so that the copy's is the source's
              return table.equals(object.table())
                  ? create
                  : create.substring(0, found.start(1))
                      + Quoted.identifier(object.table())
                      + create.substring(found.end(1));
            })
        .orElse(create);
  }

  private static String withDefiner(SchemaObject object, String create, String clause) {
    return SqlText.find(create, object.quoting(), DEFINER)
        .map(found -> create.substring(0, found.start()) + clause + create.substring(found.end()))
        .orElse(create);
  }

  /** In the statement itself: an event that was disabled only after it is made could run before. */
  private String withEventState(String create, SchemaObject object) {
    if (object.kind() != SchemaObject.Kind.EVENT || options.events() == EventState.KEEP) {
      return create;
    }
    return SqlText.find(create, object.quoting(), ENABLED)
        .map(
            found -> create.substring(0, found.end(1)) + " DISABLE" + create.substring(found.end()))
        .orElse(create);
  }

  private static String name(@Nullable String quoted) {
    if (quoted == null) {
      return "";
    }
    String quote = quoted.substring(0, 1);
    return quoted.substring(1, quoted.length() - 1).replace(quote + quote, quote);
  }

  private void sessionOf(SchemaObject object) throws SQLException {
    setSqlMode(object);
    collate(object);
    if (!object.timeZone().isEmpty()) {
      Rows.execute(connection, "SET SESSION time_zone=" + Quoted.text(object.timeZone()));
    }
  }

  /** Each flavour has modes of its own. */
  private void setSqlMode(SchemaObject object) throws SQLException {
    try {
      Rows.execute(connection, "SET SESSION sql_mode=" + Quoted.text(object.sqlMode()));
    } catch (SQLException e) {
      if (e.getErrorCode() != WRONG_VALUE) {
        throw e;
      }
      Rows.execute(connection, "SET SESSION sql_mode=''");
      for (String mode : object.sqlMode().split(",")) {
        if (!addSqlMode(mode) && !mode.equals("NO_AUTO_CREATE_USER")) { // which acts on GRANT alone
          note(object, "the target has no sql_mode " + mode + ", so it runs without");
        }
      }
    }
  }

  private boolean addSqlMode(String mode) throws SQLException {
    try {
      Rows.execute(
          connection, "SET SESSION sql_mode=CONCAT_WS(',', @@sql_mode, " + Quoted.text(mode) + ")");
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() != WRONG_VALUE) {
        throw e;
      }
      return false;
    }
  }

  /** Servers know other collations, as MariaDB 11.4 MySQL's; their charsets are the same. */
  private void collate(SchemaObject object) throws SQLException {
    try {
      Rows.execute(connection, "SET SESSION collation_connection=" + object.collation());
    } catch (SQLException e) {
      if (e.getErrorCode() != UNKNOWN_COLLATION) {
        throw e;
      }
      String charset = object.collation().replaceFirst("_.*", "");
      Rows.execute(connection, "SET SESSION character_set_connection=" + charset);
      note(
          object,
          "the target has no collation "
              + object.collation()
              + ", so its literals compare by the default one of "
              + charset);
    }
  }

  private void note(SchemaObject object, String note) {
    notes.accept(object.kind().word() + " " + object.name() + ": " + note);
  }
}
