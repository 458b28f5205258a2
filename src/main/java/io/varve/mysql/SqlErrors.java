package io.varve.mysql;

import com.mysql.cj.exceptions.CJCommunicationsException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the server or the driver reports into a failure that says what to do.
 *
 * <p>Many of the server's texts quote row values or pieces of a statement (1062 Duplicate entry,
 * 1366 Incorrect string value, 1064 near ...). Only texts that are known to hold nothing but names
 * are passed on, also in the cause; of the others the number remains.
 *
 * <p>The numbers are those of the MySQL Error Message Reference and of MariaDB's Error Codes.
 */
public final class SqlErrors {

  private static final Set<Integer> TEXT_HOLDS_ONLY_NAMES =
      Set.of(
          1021, 1028, 1040, 1042, 1043, 1044, 1045, 1047, 1049, 1050, 1051, 1053, 1054, 1080, 1091,
          1109, 1114, 1129, 1130, 1131, 1132, 1133, 1141, 1142, 1143, 1144, 1146, 1147, 1152, 1153,
          1158, 1159, 1160, 1161, 1184, 1192, 1193, 1195, 1203, 1205, 1213, 1223, 1226, 1227, 1231,
          1238, 1250, 1251, 1273, 1286, 1290, 1301, 1304, 1305, 1317, 1318, 1356, 1359, 1360, 1370,
          1381, 1400, 1412, 1418, 1419, 1422, 1449, 1524, 1535, 1536, 1568, 1637, 1698, 1785, 1792,
          1820, 1836, 1862, 1927, 1969, 3024, 3118, 3159, 3169, 3948, 3955, 4031, 4052, 4151);

  private static final Pattern TABLE_DENIED =
      Pattern.compile("(\\S.*?) command denied to user ('.*?'@'.*?') for table [`']?([^`']+)");
  private static final Pattern DATABASE_DENIED =
      Pattern.compile("Access denied for user ('.*?'@'.*?') to database '(.*)'");
  private static final Pattern PRIVILEGE_NEEDED =
      Pattern.compile("at least one of\\) the (.+?) privilege");
  private static final Pattern QUALIFIED_TABLE = Pattern.compile("for table `([^`]*)`\\.`([^`]*)`");

  private static final String THIS_USER = "this user";

  private SqlErrors() {}

  /**
   * Makes the failure that its caller reports.
   *
   * @param doing a verb phrase that completes "cannot ...": {@code "read"}
   * @param subject what it was done to: an address, a table; no row values
   */
  public static VarveException translate(SQLException failure, String doing, String subject) {
    Explanation explanation = explain(failure);
    SQLException cause = withoutValues(failure);
    return explanation.again()
        ? new RetryLaterException(doing, subject, explanation.reason(), explanation.hint(), cause)
        : new InvalidRequestException(
            doing, subject, explanation.reason(), explanation.hint(), cause);
  }

  /** Why it failed, as a clause without row values: for reports that are not failures. */
  static String reason(SQLException failure) {
    return explain(failure).reason();
  }

  /** The {@link #reason} and what to do about it, as one text. */
  static String reasonAndHint(SQLException failure) {
    Explanation explanation = explain(failure);
    return explanation.reason() + ". " + explanation.hint();
  }

  /** The failure that stands for what the server does not show where it refuses nothing. */
  static SQLException hidden(String what) {
    return new SQLException("this user may not see " + what, "42000", 1142);
  }

  /** Whether the server refused for lack of a privilege. */
  static boolean isDenied(SQLException failure) {
    return switch (failure.getErrorCode()) {
      // a schema, a table, a column, a routine; a setting or the state of the server
      case 1044, 1142, 1143, 1370, 1227 -> true;
      default -> false;
    };
  }

  /** Whether the server did not take the user's password, or knows no such user. */
  static boolean isRefusedLogin(SQLException failure) {
    return switch (failure.getErrorCode()) {
      case 1045, 1698 -> true;
      // 28000: invalid authorization specification, in whatever words a server or a proxy has
      default -> failure.getErrorCode() > 0 && "28000".equals(failure.getSQLState());
    };
  }

  /** As {@link #reasonAndHint}, with the account that is to be granted what is missing. */
  static String reasonAndHint(SQLException failure, String account) {
    return reasonAndHint(failure).replace(THIS_USER, account);
  }

  private record Explanation(boolean again, String reason, String hint) {}

  private static Explanation again(String reason, String hint) {
    return new Explanation(true, reason, hint);
  }

  private static Explanation never(String reason, String hint) {
    return new Explanation(false, reason, hint);
  }

  private static Explanation explain(SQLException failure) {
    return failure.getErrorCode() > 0 ? ofServer(failure) : ofDriver(failure);
  }

  private static Explanation ofServer(SQLException failure) {
    String text = safeText(failure);
    return switch (failure.getErrorCode()) {
      case 1045, 1698 ->
          never(text, "Check user and password, and from which hosts this user may log in.");
      case 1130 ->
          never(
              text,
              "The server has no account for this client's address: create the user for that host"
                  + " or for '%'.");
      case 1129 ->
          never(text, "An administrator has to run FLUSH HOSTS, or TRUNCATE host_cache, once.");
      case 1820, 1862 -> never(text, "Log in with a MySQL client and set a new password.");
      case 1251, 1524, 3118 ->
          never(text, "Give the user another authentication plugin, or unlock the account.");
      case 3159 ->
          never(
              text, "The server takes encrypted connections only: use TLS mode required or above.");
      case 1040, 1203, 1226 ->
          again(text, "Try again later, use fewer connections, or raise the server's limit.");
      case 1044, 1142, 1143, 1227, 1370 -> never(text, grant(text));
      case 1418, 1419 ->
          never(
              text,
              "An administrator can run: SET GLOBAL log_bin_trust_function_creators = 1; (RDS and"
                  + " Aurora: in the parameter group.)");
      case 1290, 1836, 1792 ->
          never(
              text, "The server or the transaction is read-only: name a server that takes writes.");
      case 1021, 1114, 28 ->
          never(
              "the server has no space left (error " + failure.getErrorCode() + ")",
              "Free or add disk space on the database server, then run this again.");
      case 1153 ->
          never(text, "Raise max_allowed_packet on the server: the largest row has to fit in it.");
      case 1301 ->
          never(
              text, "Raise max_allowed_packet on the server: the longest value has to fit in it.");
      case 1173, 3750 ->
          never(
              "the server takes no table without a primary key (error "
                  + failure.getErrorCode()
                  + ")",
              "Turn sql_require_primary_key (MySQL) or innodb_force_primary_key (MariaDB) off for"
                  + " the time of the restore, or exclude such tables.");
      case 1049, 1146 ->
          never(text, "Check the name; the user may also lack every privilege on it.");
      case 1205 ->
          again(text, "Another transaction or DDL holds a lock: try again when it has ended.");
      case 1213 -> again(text, "Two transactions met in a deadlock: try again.");
      case 1412 -> again(text, "The table was changed while it was read: try again.");
      case 1317, 3024, 1969, 4031, 1927 ->
          again(text, "Somebody, or a limit of the server, ended the statement: try again.");
      case 1047, 1053, 1158, 1159, 1160, 1161, 1637, 2006, 2013 ->
          again(text, "The server is not ready or went away: try again later.");
      default ->
          isLostConnection(failure)
              ? again(text, "The server is not ready or went away: try again later.")
              : never(
                  text,
                  "Look the number up in the server's error reference; the server's own log may say"
                      + " more.");
    };
  }

  private static Explanation ofDriver(SQLException failure) {
    String text = failure.getMessage() == null ? "" : failure.getMessage();
    if (text.contains("Public Key Retrieval is not allowed")) {
      return never(
          "the user logs in by caching_sha2_password, which without TLS needs the server's RSA key",
          "Use TLS (mode required or above), or allow public key retrieval if the network between"
              + " is trusted.");
    }
    if (text.contains("Unable to load authentication plugin")) {
      return never(
          "the account uses an authentication plugin that the driver does not have",
          "Create a user with caching_sha2_password (MySQL) or mysql_native_password (MariaDB).");
    }
    if (text.contains("SSL Connection required, but not")) {
      return never(
          "the server offers no TLS",
          "Set up TLS on the server, or choose TLS mode preferred or disabled.");
    }
    if (isAbout(failure, UnknownHostException.class)) {
      return never("no such host is known", "Check the host's name and this machine's DNS.");
    }
    if (isAbout(failure, SSLException.class) || isAbout(failure, CertificateException.class)) {
      return never(
          "TLS could not be agreed on: " + deepestText(failure),
          "Check the certificate authority file, the host name in the server's certificate and the"
              + " TLS mode.");
    }
    if (isAbout(failure, ConnectException.class)) {
      return again(
          "nothing listens there, or a firewall refuses",
          "Check host and port, and that the server runs.");
    }
    if (isAbout(failure, SocketTimeoutException.class)
        || isAbout(failure, NoRouteToHostException.class)) {
      return again(
          "there was no answer in time",
          "Check host, port and the firewalls or security groups between, or raise the connect"
              + " timeout.");
    }
    if (isLostConnection(failure)) {
      return again(
          "the connection to the server was lost",
          "Look for a restart, a failover or a killed connection, then try again.");
    }
    return never(
        "the driver reports SQLSTATE " + failure.getSQLState(),
        "This is a fault of the program or its configuration; please report it.");
  }

  /** Whether the connection is gone, and with it every snapshot and lock that it held. */
  public static boolean isLostConnection(SQLException failure) {
    String state = failure.getSQLState();
    return (state != null && state.startsWith("08"))
        || failure.getErrorCode() == 1927
        || failure.getErrorCode() == 4031
        // a result that breaks off half-way has a state that says nothing
        || isAbout(failure, CJCommunicationsException.class);
  }

  private static String safeText(SQLException failure) {
    int code = failure.getErrorCode();
    String text = failure.getMessage();
    if (text == null || !TEXT_HOLDS_ONLY_NAMES.contains(code)) {
      return "the server answers error " + code + " (SQLSTATE " + failure.getSQLState() + ")";
    }
    // Some of the driver's texts wrap the server's own.
    int quoted = text.indexOf("message from server: \"");
    String own =
        quoted < 0
            ? text
            : text.substring(quoted + "message from server: \"".length()).replaceAll("\"$", "");
    return own.replaceAll("[.\\s]+$", "") + " (error " + code + ")";
  }

  private static String grant(String text) {
    Matcher table = TABLE_DENIED.matcher(text);
    if (table.find()) {
      return "An administrator can run: GRANT "
          + table.group(1)
          + " ON "
          + table(text, table.group(3))
          + " TO "
          + table.group(2)
          + ";";
    }
    Matcher database = DATABASE_DENIED.matcher(text);
    if (database.find()) {
      return "An administrator can grant it: GRANT SELECT, LOCK TABLES, SHOW VIEW, TRIGGER, EVENT"
          + " (to restore: ALL) ON `"
          + database.group(2)
          + "`.* TO "
          + database.group(1)
          + ";";
    }
    Matcher privilege = PRIVILEGE_NEEDED.matcher(text);
    if (privilege.find()) {
      return "An administrator can run: GRANT "
          + smallest(privilege.group(1))
          + " ON *.* TO "
          + THIS_USER
          + ";";
    }
    return "The user needs one more privilege, which an administrator can GRANT.";
  }

  // Of "SUPER, REPLICATION CLIENT" or "SUPER or BACKUP_ADMIN" the one that allows less.
  private static String smallest(String privileges) {
    String[] names = privileges.split(",? or |, ", -1);
    return names[names.length - 1].equals("SUPER") ? names[0] : names[names.length - 1];
  }

  // MariaDB since 10.6 names the schema too.
  private static String table(String text, String unqualified) {
    Matcher qualified = QUALIFIED_TABLE.matcher(text);
    return qualified.find()
        ? "`" + qualified.group(1) + "`.`" + qualified.group(2) + "`"
        : "<schema>.`" + unqualified + "`";
  }

  private static boolean isAbout(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static String deepestText(Throwable failure) {
    Throwable deepest = failure;
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      deepest = cause;
    }
    String text = deepest.getMessage();
    return text == null ? deepest.getClass().getSimpleName() : text.replaceAll("[.\\s]+$", "");
  }

  private static SQLException withoutValues(SQLException failure) {
    int code = failure.getErrorCode();
    if (TEXT_HOLDS_ONLY_NAMES.contains(code) || (code == 0 && isLostConnection(failure))) {
      return failure;
    }
    @Nullable String state = failure.getSQLState();
    SQLException bare = new SQLException("error " + code + ", text withheld", state, code);
    bare.setStackTrace(failure.getStackTrace());
    return bare;
  }
}
