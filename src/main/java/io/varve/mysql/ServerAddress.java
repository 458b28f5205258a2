package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens, and maybe as whom to log in: {@code mysql://user@host:port}.
 *
 * @param host a name or an IP address; an IPv6 address without its brackets
 */
public record ServerAddress(Optional<String> user, String host, int port) {

  public static final int DEFAULT_PORT = 3306;

  private static final Pattern SCHEME = Pattern.compile("(?i)(?:mysql|mariadb)://(.*)");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[\\p{Alnum}._-]+)(?::(\\d{1,5}))?/?");

  /**
   * Reads {@code mysql://} or {@code mariadb://} with an optional percent-encoded user and an
   * optional port.
   *
   * @throws InvalidRequestException for anything else, and for a password: command lines and
   *     configurations are read by others
   */
  public static ServerAddress parse(String uri) {
    Matcher scheme = SCHEME.matcher(uri.strip());
    if (!scheme.matches()) {
      throw unreadable(uri.contains("@") ? "that address" : uri, "it has another form");
    }
    String rest = scheme.group(1);
    int at = rest.lastIndexOf('@');
    String hostAndPort = rest.substring(at + 1);
    @Nullable String user = at < 0 ? null : user(rest.substring(0, at), hostAndPort);
    Matcher matcher = HOST_AND_PORT.matcher(hostAndPort);
    if (!matcher.matches()) {
      throw unreadable(hostAndPort, "host and port cannot be told from it");
    }
    return new ServerAddress(
        Optional.ofNullable(user), withoutBrackets(matcher.group(1)), port(matcher.group(2), uri));
  }

  private static @Nullable String user(String userInfo, String subject) {
    if (userInfo.contains(":")) {
      throw new InvalidRequestException(
          "use the address of",
          subject,
          "it holds a password, which process lists, shell histories and logs would show",
          "Leave the password out of the address and give it by an environment variable, a file"
              + " or an option file such as ~/.my.cnf.");
    }
    if (userInfo.isEmpty()) {
      return null;
    }
    try {
      // URLDecoder is for forms, where a plus is a space.
      return URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      throw unreadable(subject, "the user's percent-encoding is broken");
    }
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(@Nullable String digits, String uri) {
    if (digits == null) {
      return DEFAULT_PORT;
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65_535) {
      throw unreadable(uri, "there is no port " + port);
    }
    return port;
  }

  private static InvalidRequestException unreadable(String subject, String reason) {
    return new InvalidRequestException(
        "read the server's address",
        "'" + subject + "'",
        reason,
        "Write mysql://user@host:port, with @ : / % in the user percent-encoded and an IPv6"
            + " address in brackets.");
  }

  /** {@code host:port}, as it is shown and as a JDBC URL takes it. */
  public String authority() {
    return authority(host, port);
  }

  static String authority(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return authority();
  }
}
