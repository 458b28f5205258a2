package io.varve.api;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.varve.configuration.ApiRole;
import io.varve.configuration.ApiToken;
import io.varve.store.Sha256;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Knows users of the API by their bearer token, of which the configuration has the hash. Hashes are
 * compared, of long random texts, so the time that it takes tells nothing.
 */
@Singleton
public class TokenAuthentication implements HttpAuthenticationMechanism {

  private static final String SCHEME = "Bearer ";

  private final JobDesk desk;
  private final Clock clock = Clock.systemUTC();

  public TokenAuthentication(JobDesk desk) {
    this.desk = desk;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    String header = context.request().getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Uni.createFrom().optional(Optional.empty());
    }
    byte[] token = header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    String hash = HexFormat.of().formatHex(Sha256.of(token));
    return desk.configuration().server().tokens().stream()
        .filter(known -> known.sha256().equals(hash))
        .filter(known -> known.expires().filter(end -> !clock.instant().isBefore(end)).isEmpty())
        .findFirst()
        .map(known -> Uni.createFrom().item(identity(known)))
        .orElseGet(() -> Uni.createFrom().failure(new AuthenticationFailedException()));
  }

  private static SecurityIdentity identity(ApiToken token) {
    QuarkusSecurityIdentity.Builder identity =
        QuarkusSecurityIdentity.builder().setPrincipal(new QuarkusPrincipal(token.name()));
    if (!token.roles().isEmpty()) {
      identity.addRole(Roles.READ);
    }
    token.roles().stream().map(ApiRole::word).forEach(identity::addRole);
    return identity.build();
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
  }
}
