package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.mysql.Authorities;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.OptionFile;
import io.varve.mysql.Secret;
import io.varve.mysql.ServerAddress;
import io.varve.mysql.TlsMode;
import io.varve.mysql.TlsSettings;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to log in to the database server. */
final class ServerOptions {

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "a file with the password on its first line")
  @Nullable Path passwordFile;

  @Option(
      names = "--defaults-file",
      paramLabel = "FILE",
      description = "option file as the MySQL clients read it; default: ~/.my.cnf")
  @Nullable Path defaultsFile;

  @Option(
      names = "--tls-mode",
      paramLabel = "MODE",
      description =
          "disabled, preferred (default), required, verify-ca or verify-identity, as the MySQL"
              + " clients' --ssl-mode")
  @Nullable String tlsMode;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "PEM file with the authorities to trust, or rds for Amazon's; default: the system's")
  @Nullable String tlsAuthorities;

  @Option(
      names = "--allow-public-key-retrieval",
      description = "log in by caching_sha2_password without TLS, with a key asked of the server")
  boolean allowPublicKeyRetrieval;

  /**
   * What the options, the environment and the option file say together, in this order.
   *
   * @param uri of the server
   * @param passwordVariable the environment variable that may hold the password
   */
  ConnectionSettings settings(
      String uri, String passwordVariable, Map<String, String> environment, Consumer<String> warn) {
    ServerAddress address = ServerAddress.parse(uri);
    OptionFile file =
        defaultsFile != null
            ? OptionFile.read(defaultsFile)
            : OptionFile.readOfHome(Path.of(System.getProperty("user.home")));
    file.warnings().forEach(warn);
    String user =
        address.user().or(file::user).orElseGet(() -> System.getProperty("user.name", "root"));
    Secret password = password(address, user, environment.get(passwordVariable), file);
    ConnectionSettings settings = ConnectionSettings.of(address, user, password).withTls(tls(file));
    if (file.connectTimeout().isPresent()) {
      settings = settings.withConnectTimeout(file.connectTimeout().get());
    }
    return allowPublicKeyRetrieval || file.allowPublicKeyRetrieval()
        ? settings.withPublicKeyRetrieval()
        : settings;
  }

  private Secret password(
      ServerAddress address, String user, @Nullable String variable, OptionFile file) {
    if (passwordFile != null) {
      return readPassword(passwordFile);
    }
    if (variable != null) {
      return Secret.of(variable);
    }
    if (file.password().isPresent()) {
      return file.password().get();
    }
    Console console = System.console();
    if (console == null || !Terminal.isInteractive()) {
      return Secret.EMPTY;
    }
    char[] typed = console.readPassword("Password of %s on %s: ", user, address.authority());
    return typed == null ? Secret.EMPTY : Secret.of(new String(typed));
  }

  private static Secret readPassword(Path path) {
    try {
      return Secret.of(Files.readString(path).lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new InvalidRequestException(
          "read the password file",
          path.toString(),
          "it cannot be read",
          "Check the path and its permissions; the password stands on the first line.",
          e);
    }
  }

  private TlsSettings tls(OptionFile file) {
    TlsMode mode =
        tlsMode != null ? TlsMode.parse(tlsMode) : file.tlsMode().orElse(TlsMode.PREFERRED);
    Optional<Authorities> authorities =
        tlsAuthorities != null
            ? Optional.of(authorities(tlsAuthorities))
            : file.tlsAuthorities().map(Authorities.InFile::new);
    TlsSettings settings = TlsSettings.of(mode);
    return authorities.map(settings::withAuthorities).orElse(settings);
  }

  private static Authorities authorities(String option) {
    return option.equals("rds") ? new Authorities.OfRds() : new Authorities.InFile(Path.of(option));
  }
}
