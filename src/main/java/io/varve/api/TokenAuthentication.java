package io.varve.api;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.varve.configuration.ApiRole;
import io.varve.repository.Json;
import io.varve.store.Sha256;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows users of the API by their bearer token, of which the configuration has the hash, or which
 * an issuer has signed. Hashes are compared, of long random texts, so the time that it takes tells
 * nothing.
 */
@Singleton
public class TokenAuthentication implements HttpAuthenticationMechanism {

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";
  private static final String DESCRIPTION = "/q/openapi";
  private static final String PAGE = "/q/swagger-ui";

  private final JobDesk desk;
  private final Clock clock = Clock.systemUTC();
  private @Nullable Issuer issuer;

  public TokenAuthentication(JobDesk desk) {
    this.desk = desk;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    Optional<String> shown = shown(context);
    if (shown.isEmpty()) {
      return Uni.createFrom().optional(Optional.empty());
    }
    String text = shown.get();
    Optional<SecurityIdentity> own = own(text);
    if (own.isPresent()) {
      return Uni.createFrom().item(own.get());
    }
    return issuer()
        .filter(issuer -> Issuer.isForm(text))
        .map(issuer -> issued(issuer, text))
        .orElseGet(() -> Uni.createFrom().failure(new AuthenticationFailedException()));
  }

  private synchronized Optional<Issuer> issuer() {
    if (issuer == null) {
      issuer =
          desk.configuration().server().oidc().map(oidc -> new Issuer(oidc, clock)).orElse(null);
    }
    return Optional.ofNullable(issuer);
  }

  private static Optional<String> shown(RoutingContext context) {
    String header = context.request().getHeader("Authorization");
    if (header == null) {
      return Optional.empty();
    }
    return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(header.substring(BEARER.length()).strip())
        : password(header).filter(password -> isPage(context));
  }

  /** Of Basic authentication; whatever name is given with it. */
  private static Optional<String> password(String header) {
    if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return Optional.empty();
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
      String[] pair = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
      return pair.length == 2 ? Optional.of(pair[1]) : Optional.empty();
    } catch (IllegalArgumentException noBase64) {
      return Optional.empty();
    }
  }

  /**
   * What people look at in a browser, which asks them for a password. Nothing can be begun there: a
   * browser shows a password again by itself, also where another site has it ask.
   */
  private static boolean isPage(RoutingContext context) {
    String path = context.normalizedPath();
    return path.equals(DESCRIPTION) || path.equals(PAGE) || path.startsWith(PAGE + "/");
  }

  /** Not here, for the issuer may have to be asked for its keys. */
  private static Uni<SecurityIdentity> issued(Issuer issuer, String token) {
    return Uni.createFrom()
        .item(
            () ->
                issuer
                    .holder(token)
                    .map(holder -> identity(holder.name(), holder.roles()))
                    .orElseThrow(AuthenticationFailedException::new))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  private Optional<SecurityIdentity> own(String text) {
    String hash = HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    return desk.configuration().server().tokens().stream()
        .filter(known -> known.sha256().equals(hash))
        .filter(known -> known.expires().filter(end -> !clock.instant().isBefore(end)).isEmpty())
        .findFirst()
        .map(known -> identity(known.name(), known.roles()));
  }

  /** Somebody who is known, and may do what these roles say; nothing at all without one. */
  public static SecurityIdentity identity(String name, Set<ApiRole> roles) {
    QuarkusSecurityIdentity.Builder identity =
        QuarkusSecurityIdentity.builder().setPrincipal(new QuarkusPrincipal(name));
    if (!roles.isEmpty()) {
      identity.addRole(Roles.READ);
    }
    roles.stream().map(ApiRole::word).forEach(identity::addRole);
    return identity.build();
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", challenge(context)));
  }

  private static String challenge(RoutingContext context) {
    return isPage(context) ? "Basic realm=\"Varve\", charset=\"UTF-8\"" : "Bearer";
  }

  @Override
  public Uni<Boolean> sendChallenge(RoutingContext context) {
    context
        .response()
        .setStatusCode(401)
        .putHeader("WWW-Authenticate", challenge(context))
        .putHeader("Content-Type", Problem.MEDIA_TYPE)
        .end(Json.line(Problem.UNAUTHORIZED));
    return Uni.createFrom().item(true);
  }
}
