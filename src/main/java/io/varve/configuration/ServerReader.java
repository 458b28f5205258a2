package io.varve.configuration;

import io.varve.configuration.Section.WrongValue;
import io.varve.mysql.Secret;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The field {@code server}. */
final class ServerReader {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int MOST_JOBS = 64;

  private ServerReader() {}

  static ServerConfiguration read(Section section, Map<String, String> environment) {
    int jobs = section.number("jobs", 1, MOST_JOBS).orElse(ServerConfiguration.DEFAULT_JOBS);
    List<ApiToken> tokens = new ArrayList<>();
    section.sections("tokens").forEach((name, token) -> token(name, token).ifPresent(tokens::add));
    Optional<OidcConfiguration> oidc = section.section("oidc").flatMap(ServerReader::oidc);
    IamRoles iam = section.section("iam").map(ServerReader::iam).orElse(IamRoles.NONE);
    List<Webhook> webhooks = new ArrayList<>();
    section
        .sections("webhooks")
        .forEach((name, hook) -> webhook(name, hook, environment).ifPresent(webhooks::add));
    section.refuseOthers();
    return new ServerConfiguration(jobs, tokens, oidc, iam, webhooks);
  }

  private static IamRoles iam(Section section) {
    Map<String, Set<ApiRole>> roles = new HashMap<>();
    for (String arn : section.names()) {
      if (!IamRoles.isPrincipal(arn)) {
        section.refuse(
            arn, "has to be the ARN of a role or a user: arn:aws:iam::123456789012:role/on-call");
      }
      roles.put(arn, roles(section, arn));
    }
    return new IamRoles(roles);
  }

  private static Optional<OidcConfiguration> oidc(Section section) {
    section.require("issuer", "audience", "roles");
    Optional<URI> issuer = section.text("issuer", ServerReader::issuer);
    Optional<String> audience = section.text("audience");
    String claim = section.text("rolesClaim").orElse("roles");
    Map<String, Set<ApiRole>> roles = new HashMap<>();
    section
        .section("roles")
        .ifPresent(
            mapping -> mapping.names().forEach(value -> roles.put(value, roles(mapping, value))));
    section.refuseOthers();
    return issuer.flatMap(
        from -> audience.map(meant -> new OidcConfiguration(from, meant, claim, roles)));
  }

  /** What is read on the way could be another's keys, but on this machine. */
  private static URI issuer(String text) {
    URI issuer = url(text);
    if (issuer.getQuery() != null || issuer.getFragment() != null) {
      throw new WrongValue("has to be of the form https://host/path");
    }
    if ("http".equals(issuer.getScheme())
        && !List.of("127.0.0.1", "localhost", "[::1]").contains(issuer.getHost())) {
      throw new WrongValue("has to be https, but for an issuer on this machine");
    }
    return issuer;
  }

  private static Optional<Webhook> webhook(
      String name, Section section, Map<String, String> environment) {
    section.require("url", "secretVariable");
    Optional<URI> url = section.text("url", ServerReader::url);
    Optional<String> variable = section.text("secretVariable");
    Set<Webhook.Outcome> on = EnumSet.noneOf(Webhook.Outcome.class);
    for (String word : section.texts("on")) {
      switch (word) {
        case "success" -> on.add(Webhook.Outcome.SUCCESS);
        case "failure" -> on.add(Webhook.Outcome.FAILURE);
        default -> section.refuse("on", "has one that is none of success, failure");
      }
    }
    section.refuseOthers();
    Optional<Secret> secret =
        variable.map(environment::get).filter(value -> !value.isEmpty()).map(Secret::of);
    return url.flatMap(
        to ->
            variable.map(
                from ->
                    new Webhook(
                        name,
                        to,
                        from,
                        secret,
                        on.isEmpty() ? EnumSet.of(Webhook.Outcome.FAILURE) : on)));
  }

  private static URI url(String text) {
    try {
      URI url = URI.create(text);
      if (url.getHost() != null
          && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) {
        return url;
      }
    } catch (IllegalArgumentException broken) {
      // as one of another form
    }
    throw new WrongValue("has to be of the form https://host/path");
  }

  private static Optional<ApiToken> token(String name, Section section) {
    section.require("sha256", "roles");
    Optional<String> sha256 = section.text("sha256", ServerReader::sha256);
    Set<ApiRole> roles = roles(section, "roles");
    Optional<Instant> expires = section.text("expires", ServerReader::instant);
    section.refuseOthers();
    return sha256.map(hash -> new ApiToken(name, hash, roles, expires));
  }

  private static Set<ApiRole> roles(Section section, String field) {
    Set<ApiRole> roles = EnumSet.noneOf(ApiRole.class);
    for (String word : section.texts(field)) {
      ApiRole.named(word)
          .ifPresentOrElse(
              roles::add,
              () -> section.refuse(field, "has one that is none of " + ApiRole.words()));
    }
    return roles;
  }

  private static String sha256(String text) {
    if (!SHA256.matcher(text).matches()) {
      throw new WrongValue("has to be the SHA-256 of the token: 64 digits of 0-9a-f");
    }
    return text;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException wrong) {
      throw new WrongValue("has to be a time of UTC, such as 2027-01-31T00:00:00Z");
    }
  }
}
