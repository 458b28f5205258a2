package io.varve.configuration;

import io.varve.configuration.Section.WrongValue;
import io.varve.mysql.Authorities;
import io.varve.mysql.Credentials;
import io.varve.mysql.Secret;
import io.varve.mysql.ServerAddress;
import io.varve.mysql.TlsMode;
import io.varve.mysql.TlsSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields {@code credentials} and {@code tls} of a server. They are read together, since a token
 * of IAM may only go to a server that has shown who it is.
 */
final class ServerLogin {

  /** Of these exactly one says where the password comes from. */
  private static final List<String> WAYS =
      List.of("passwordVariable", "passwordFile", "secret", "rdsIam");

  private final Optional<ServerAddress> address;
  private final Map<String, String> environment;
  private final AwsEnvironment aws;
  private final Optional<Credentials> credentials;
  private final TlsSettings tls;
  private boolean sendsToken;

  ServerLogin(
      Section server,
      Optional<ServerAddress> address,
      Map<String, String> environment,
      AwsEnvironment aws) {
    this.address = address;
    this.environment = environment;
    this.aws = aws;
    this.credentials = server.section("credentials").flatMap(this::credentials);
    this.tls = tls(server);
  }

  /** Empty where there was a problem. */
  Optional<Credentials> credentials() {
    return credentials;
  }

  TlsSettings tls() {
    return tls;
  }

  private Optional<Credentials> credentials(Section section) {
    List<String> ways = new ArrayList<>(WAYS);
    ways.removeIf(way -> !section.has(way));
    Optional<String> user = section.text("user");
    Optional<String> region = section.text("region");
    Optional<Credentials> made = Optional.empty();
    if (ways.size() != 1) {
      section.refuse(
          (ways.isEmpty() ? "says nowhere" : "says in more than one way")
              + " where the password comes from: it takes exactly one of "
              + String.join(", ", WAYS));
    } else {
      made = way(ways.getFirst(), section, user, region);
      if (!ways.getFirst().equals("secret")) {
        section.require("user");
      }
    }
    if (region.isPresent() && !ways.equals(List.of("rdsIam"))) {
      section.refuse("region", "goes with rdsIam alone");
    }
    section.refuseOthers();
    return made;
  }

  private Optional<Credentials> way(
      String way, Section section, Optional<String> user, Optional<String> region) {
    String name = user.orElse("");
    return switch (way) {
      case "passwordVariable" ->
          section
              .text(way)
              .map(variable -> new VariableCredentials(name, variable, secretOf(variable)));
      case "passwordFile" -> section.text(way, ServerLogin::path).map(file -> ofFile(name, file));
      case "secret" -> section.text(way).map(secret -> ofSecret(secret, user));
      default -> token(section, name, region);
    };
  }

  private Optional<Secret> secretOf(String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> !value.isEmpty())
        .map(Secret::of);
  }

  private static Credentials ofFile(String user, Path file) {
    return RememberedLogin.forMinutes(5, "the file " + file, () -> PasswordFile.read(user, file));
  }

  private Credentials ofSecret(String secret, Optional<String> user) {
    SecretLogin login = new SecretLogin(new SecretsManager(aws), secret, user);
    return RememberedLogin.forMinutes(5, "the secret " + secret, login::read);
  }

  private Optional<Credentials> token(Section section, String user, Optional<String> region) {
    sendsToken = true;
    if (section.flag("rdsIam").filter(value -> !value).isPresent()) {
      section.refuse("rdsIam", "has to be true where it stands");
    }
    return address.map(
        server -> {
          RdsToken token = new RdsToken(aws, server, user, region);
          // One is good for 15 minutes, and is looked at when a connection is opened.
          return RememberedLogin.forMinutes(10, "IAM for " + server, token::login);
        });
  }

  private TlsSettings tls(Section server) {
    Optional<Section> section = server.section("tls");
    Optional<TlsMode> mode = section.flatMap(tls -> tls.text("mode", ServerLogin::mode));
    Optional<Authorities> authorities =
        section.flatMap(tls -> tls.text("authorities", ServerLogin::authorities));
    TlsMode effective = mode.orElseGet(() -> modeWith(authorities));
    if (effective.compareTo(TlsMode.VERIFY_CA) < 0) {
      if (sendsToken) {
        server.refuse(
            "tls.mode",
            "has to be verify-ca or verify-identity with rdsIam: the token goes to whoever answers");
      }
      if (authorities.isPresent()) {
        server.refuse(
            "tls.authorities",
            "goes with verify-ca and verify-identity: " + effective + " looks at no certificate");
      }
    }
    section.ifPresent(Section::refuseOthers);
    Authorities trusted =
        authorities.orElseGet(
            () -> sendsToken ? new Authorities.OfRds() : new Authorities.OfSystem());
    return TlsSettings.of(effective).withAuthorities(trusted);
  }

  private TlsMode modeWith(Optional<Authorities> authorities) {
    if (sendsToken) {
      return TlsMode.VERIFY_IDENTITY;
    }
    return authorities.isPresent() ? TlsMode.VERIFY_CA : TlsMode.PREFERRED;
  }

  /** In one spelling only, so that the schema can say which. */
  private static TlsMode mode(String text) {
    for (TlsMode mode : TlsMode.values()) {
      if (mode.toString().equals(text)) {
        return mode;
      }
    }
    throw new WrongValue("has to be disabled, preferred, required, verify-ca or verify-identity");
  }

  private static Authorities authorities(String text) {
    return switch (text) {
      case "rds" -> new Authorities.OfRds();
      case "system" -> new Authorities.OfSystem();
      default ->
          text.contains("-----BEGIN CERTIFICATE-----")
              ? new Authorities.Pem(text)
              : new Authorities.InFile(path(text));
    };
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException broken) {
      throw new WrongValue("has to be the path of a file");
    }
  }
}
