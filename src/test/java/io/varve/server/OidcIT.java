package io.varve.server;

import static io.varve.server.ShopConfiguration.READER;
import static io.varve.server.ShopConfiguration.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testing.TestIssuer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that an issuer of OpenID Connect has signed, with and without what they need. */
@Tag("process")
class OidcIT {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private ServerProcess start(TestIssuer issuer) {
    Map<String, Object> oidc =
        Map.of(
            "issuer",
            issuer.address(),
            "audience",
            "varve",
            "rolesClaim",
            "realm_access.roles",
            "roles",
            Map.of("dba", List.of("backup", "restore"), "engineer", List.of("read")));
    return ServerProcess.start(
        ShopConfiguration.withoutDatabase(Map.of("location", folder.toUri().toString()))
            .server("oidc", oidc)
            .environment());
  }

  private static Map<String, Object> claims(TestIssuer issuer, String role) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", issuer.address());
    claims.put("aud", List.of("others", "varve"));
    claims.put("sub", "somebody");
    claims.put("exp", Instant.now().plusSeconds(600).getEpochSecond());
    claims.put("realm_access", Map.of("roles", List.of("offline_access", role)));
    return claims;
  }

  private static Map<String, Object> with(
      Map<String, Object> claims, String name, @Nullable Object value) {
    Map<String, Object> changed = new HashMap<>(claims);
    if (value == null) {
      changed.remove(name);
    } else {
      changed.put(name, value);
    }
    return changed;
  }

  @Test
  void whoeverTheIssuerVouchesForMayDoWhatTheirRolesSay() {
    try (TestIssuer issuer = new TestIssuer();
        ServerProcess serving = start(issuer)) {
      assertThat(serving.get(READER, SHOP).status()).isEqualTo(200);
      assertThat(issuer.requests()).isZero();

      Map<String, Object> engineer = claims(issuer, "engineer");
      Map<String, Object> dba = claims(issuer, "dba");
      assertThat(serving.get(issuer.rs256(engineer), SHOP).status()).isEqualTo(200);
      assertThat(serving.get(issuer.es256(engineer), SHOP).status()).isEqualTo(200);
      assertThat(serving.post(issuer.es256(dba), SHOP + "/backups", "{}").status()).isEqualTo(202);
      assertThat(serving.post(issuer.rs256(engineer), SHOP + "/backups", "{}").status())
          .isEqualTo(403);
      assertThat(serving.get(issuer.rs256(claims(issuer, "guest")), SHOP).status()).isEqualTo(403);
      assertThat(serving.get(issuer.rs256(with(dba, "realm_access", null)), SHOP).status())
          .isEqualTo(403);

      long now = Instant.now().getEpochSecond();
      Map<String, String> refused = new HashMap<>();
      refused.put("another audience", issuer.rs256(with(dba, "aud", "others")));
      refused.put("no audience", issuer.rs256(with(dba, "aud", null)));
      refused.put("another issuer", issuer.rs256(with(dba, "iss", issuer.address() + "2")));
      refused.put("no issuer", issuer.rs256(with(dba, "iss", null)));
      refused.put("expired", issuer.rs256(with(dba, "exp", now - 60)));
      refused.put("for ever", issuer.rs256(with(dba, "exp", null)));
      refused.put("not yet", issuer.rs256(with(dba, "nbf", now + 600)));
      refused.put("nobody's", issuer.rs256(with(dba, "sub", null)));
      refused.put("unsigned", TestIssuer.unsigned(dba));
      refused.put("altered", TestIssuer.altered(issuer.rs256(engineer), "engineer", "dba"));
      refused.put("another's key by our name", issuer.forged("rsa-1", dba));
      refused.put("another's key", issuer.forged("unknown", dba));
      refused.put("no token", "a.b.c");
      refused.forEach(
          (what, token) -> assertThat(serving.get(token, SHOP).status()).as(what).isEqualTo(401));

      for (int i = 0; i < 50; i++) {
        serving.get(issuer.forged("unknown-" + i % 5, dba), SHOP);
      }
      assertThat(issuer.requests()).isLessThan(20);
      assertThat(serving.log()).doesNotContain(issuer.es256(dba).split("\\.")[1]);
    }
  }

  @Test
  void aNewKeyOfTheIssuerIsFound() {
    try (TestIssuer issuer = new TestIssuer();
        ServerProcess serving = start(issuer)) {
      assertThat(serving.get(issuer.rs256(claims(issuer, "dba")), SHOP).status()).isEqualTo(200);
      issuer.rotate();
      awaitTaken(serving, issuer);
    }
  }

  @Test
  void anIssuerThatIsAwayKeepsNobodyElseOut() {
    try (TestIssuer issuer = new TestIssuer()) {
      issuer.away(true);
      try (ServerProcess serving = start(issuer)) {
        for (int i = 0; i < 10; i++) {
          assertThat(serving.get(issuer.rs256(claims(issuer, "dba")), SHOP).status())
              .isEqualTo(401);
          assertThat(serving.get(READER, SHOP).status()).isEqualTo(200);
        }
        assertThat(issuer.requests()).isLessThan(5);
        assertThat(serving.log()).contains("cannot be asked for its keys");
        issuer.away(false);
        awaitTaken(serving, issuer);
        issuer.away(true);
        assertThat(serving.get(issuer.rs256(claims(issuer, "dba")), SHOP).status()).isEqualTo(200);
      }
    }
  }

  private static void awaitTaken(ServerProcess serving, TestIssuer issuer) {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    int status = 401;
    while (status == 401 && System.nanoTime() < end) {
      status = serving.get(issuer.rs256(claims(issuer, "dba")), SHOP).status();
    }
    assertThat(status).isEqualTo(200);
  }
}
