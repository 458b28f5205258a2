package io.varve.mysql;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an option file of the MySQL and MariaDB clients ({@code ~/.my.cnf}, {@code --defaults-file})
 * says about connecting. Only values: whether they or something else counts is for the caller.
 *
 * <p>Read are the groups that every client program reads, {@code [client]} and MariaDB's {@code
 * [client-server]} and {@code [client-mariadb]}, and our own {@code [varve]}; of several values the
 * last one in the file counts. See "Using Option Files" in the MySQL manual and "Configuring
 * MariaDB with Option Files".
 *
 * @param options option names with dashes, in lower case, to values; without a value: {@code ""}
 * @param warnings sentences for the user: what was passed over, and a password that others can read
 */
public record OptionFile(Map<String, String> options, List<String> warnings) {

  static final Set<String> GROUPS = Set.of("client", "client-server", "client-mariadb", "varve");

  private static final Set<String> TRUE = Set.of("", "1", "on", "true");

  public OptionFile {
    options = Map.copyOf(options);
    warnings = List.copyOf(warnings);
  }

  /** An option file that says nothing. */
  public static OptionFile empty() {
    return new OptionFile(Map.of(), List.of());
  }

  /**
   * Reads a file and what it includes.
   *
   * @throws io.varve.InvalidRequestException if a file cannot be read or has a line of another form
   */
  public static OptionFile read(Path file) {
    OptionFileReader reader = new OptionFileReader(GROUPS);
    reader.read(file);
    return reader.result();
  }

  /** Reads {@code ~/.my.cnf}; empty if there is none. */
  public static OptionFile readOfHome(Path home) {
    Path file = home.resolve(".my.cnf");
    return Files.exists(file) ? read(file) : empty();
  }

  public Optional<String> user() {
    return value("user");
  }

  /** Empty if there is none, and where the file only says to ask for it. */
  public Optional<Secret> password() {
    return value("password").map(Secret::of);
  }

  public Optional<String> host() {
    return value("host");
  }

  public Optional<Integer> port() {
    return number("port");
  }

  public Optional<Duration> connectTimeout() {
    return number("connect-timeout").map(Duration::ofSeconds);
  }

  /** {@code ssl-mode}, or what MariaDB's {@code ssl} options and a given authority amount to. */
  public Optional<TlsMode> tlsMode() {
    if (options.containsKey("ssl-mode")) {
      return value("ssl-mode").map(TlsMode::parse);
    }
    if (isOff("ssl") || options.containsKey("skip-ssl")) {
      return Optional.of(TlsMode.DISABLED);
    }
    if (isOn("ssl-verify-server-cert")) {
      return Optional.of(TlsMode.VERIFY_IDENTITY);
    }
    // The clients verify, too, once they are told an authority to trust.
    if (options.containsKey("ssl-ca")) {
      return Optional.of(
          isOff("ssl-verify-server-cert") || options.containsKey("skip-ssl-verify-server-cert")
              ? TlsMode.REQUIRED
              : TlsMode.VERIFY_CA);
    }
    return isOn("ssl") ? Optional.of(TlsMode.REQUIRED) : Optional.empty();
  }

  public Optional<Path> tlsAuthorities() {
    return value("ssl-ca").map(Path::of);
  }

  public Optional<Path> tlsClientCertificate() {
    return value("ssl-cert").map(Path::of);
  }

  public Optional<Path> tlsClientKey() {
    return value("ssl-key").map(Path::of);
  }

  public boolean allowPublicKeyRetrieval() {
    return isOn("get-server-public-key");
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(options.get(name)).filter(value -> !value.isEmpty());
  }

  private Optional<Integer> number(String name) {
    return value(name).filter(value -> value.matches("\\d{1,9}")).map(Integer::valueOf);
  }

  private boolean isOn(String name) {
    @Nullable String value = options.get(name);
    return value != null && TRUE.contains(value.toLowerCase(Locale.ROOT));
  }

  private boolean isOff(String name) {
    @Nullable String value = options.get(name);
    return value != null && !TRUE.contains(value.toLowerCase(Locale.ROOT));
  }

  /** The passwords are not among what it prints. */
  @Override
  public String toString() {
    Map<String, String> shown = new LinkedHashMap<>(options);
    shown.replaceAll((name, value) -> name.contains("pass") ? Secret.of(value).toString() : value);
    return "OptionFile" + shown;
  }
}
