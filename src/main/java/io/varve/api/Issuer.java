package io.varve.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.configuration.ApiRole;
import io.varve.configuration.OidcConfiguration;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jose4j.http.Get;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are taken besides those of the configuration. Makes no request before the first
 * token comes; then two for its keys, and one more when a key is not known, but not often: whoever
 * sends tokens that nobody has signed must not have the issuer asked each time. Thread-safe.
 */
final class Issuer {

  private static final Logger LOG = Logger.getLogger("io.varve.api");

  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);
  private static final Duration GOOD_WITHOUT_ISSUER = Duration.ofMinutes(10);
  private static final int CLOCK_SKEW_SECONDS = 30;

  /** As many threads may wait for the issuer. */
  private static final int MOST_AT_ONCE = 8;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OidcConfiguration configuration;
  private final Clock clock;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private volatile @Nullable JwtConsumer consumer;
  private Instant notBefore = Instant.MIN;

  Issuer(OidcConfiguration configuration, Clock clock) {
    this.configuration = configuration;
    this.clock = clock;
  }

  /** Who has a token. */
  record Holder(String name, Set<ApiRole> roles) {
    Holder {
      roles = Set.copyOf(roles);
    }
  }

  /** Whether a text may be a token of an issuer at all. */
  static boolean isForm(String text) {
    return FORM.matcher(text).matches();
  }

  /** Whoever has this token; empty where it is none, or nobody can be asked about it now. */
  Optional<Holder> holder(String token) {
    if (!places.tryAcquire()) {
      LOG.warn("Tokens of the issuer are refused: too many at once wait for it.");
      return Optional.empty();
    }
    try {
      Optional<JwtConsumer> found = consumer();
      return found.isPresent()
          ? Optional.of(holder(found.get().processToClaims(token)))
          : Optional.empty();
    } catch (InvalidJwtException | MalformedClaimException invalid) {
      if (invalid.getCause() instanceof UnresolvableKeyException unresolved
          && unresolved.getCause() instanceof IOException) {
        warn(unresolved.getCause());
      }
      return Optional.empty();
    } finally {
      places.release();
    }
  }

  private Holder holder(JwtClaims claims) throws MalformedClaimException {
    Set<ApiRole> roles = EnumSet.noneOf(ApiRole.class);
    for (String value : values(claims.getClaimsMap())) {
      roles.addAll(configuration.roles().getOrDefault(value, Set.of()));
    }
    return new Holder(claims.getSubject(), roles);
  }

  /** Of the claim, whether it is a text or a list of such. */
  private List<String> values(Map<String, Object> claims) {
    Object found = claims.get(configuration.rolesClaim());
    if (found == null) {
      found = claims;
      for (String name : configuration.rolesClaim().split("\\.", -1)) {
        found = found instanceof Map<?, ?> object ? object.get(name) : null;
      }
    }
    List<String> values = new ArrayList<>();
    Collection<?> all =
        found instanceof Collection<?> several
            ? several
            : found instanceof String one ? List.of(one.split(" ", -1)) : List.of();
    for (Object each : all) {
      if (each instanceof String text) {
        values.add(text);
      }
    }
    return values;
  }

  private Optional<JwtConsumer> consumer() {
    JwtConsumer known = consumer;
    return known != null ? Optional.of(known) : discovered();
  }

  private synchronized Optional<JwtConsumer> discovered() {
    if (consumer == null && !clock.instant().isBefore(notBefore)) {
      try {
        consumer = consumer(keysAt());
      } catch (IOException away) {
        warn(away);
        notBefore = clock.instant().plus(BETWEEN_TRIES);
      }
    }
    return Optional.ofNullable(consumer);
  }

  private void warn(Throwable away) {
    LOG.warnf(
        "Tokens of %s are refused: it cannot be asked for its keys (%s).",
        configuration.issuer(), away.getMessage());
  }

  /** As OpenID Connect Discovery 1.0 has it, section 4. */
  private String keysAt() throws IOException {
    String issuer = configuration.issuer().toString();
    String below = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    JsonNode document =
        JSON.readTree(http().get(below + "/.well-known/openid-configuration").getBody());
    if (!issuer.equals(document.path("issuer").asText())) {
      throw new IOException("its openid-configuration names another issuer");
    }
    String keys = document.path("jwks_uri").asText();
    String likeIssuer = configuration.issuer().resolve("/").toString();
    if (!keys.startsWith("https://") && !keys.startsWith(likeIssuer)) {
      throw new IOException("its openid-configuration has no jwks_uri of https");
    }
    return keys;
  }

  private static Get http() {
    Get get = new Get();
    get.setConnectTimeout(Math.toIntExact(PATIENCE.toMillis()));
    get.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
    get.setRetries(0);
    return get;
  }

  private JwtConsumer consumer(String keysAt) {
    HttpsJwks keys = new HttpsJwks(keysAt);
    keys.setSimpleHttpGet(http());
    keys.setRefreshReprieveThreshold(BETWEEN_TRIES.toMillis());
    keys.setRetainCacheOnErrorDuration(GOOD_WITHOUT_ISSUER.toSeconds());
    return new JwtConsumerBuilder()
        .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(keys))
        .setJwsAlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256)
        .setExpectedIssuer(configuration.issuer().toString())
        .setExpectedAudience(configuration.audience())
        .setRequireSubject()
        .setRequireExpirationTime()
        .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
        .build();
  }
}
