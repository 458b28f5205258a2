package io.varve.configuration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.mysql.Authorities;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableName;
import io.varve.mysql.Target;
import io.varve.mysql.Throttling;
import io.varve.mysql.TlsMode;
import io.varve.mysql.TlsSettings;
import io.varve.store.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a document says, and where it comes from. */
class ConfigurationTest {

  private static final String STORE = "\"store\": {\"location\": \"file:///backups\"}";

  static final String WHOLE =
      """
      {
        "store": {
          "location": "s3://bucket/prefix", "endpoint": "http://127.0.0.1:9000", "pathStyle": true,
          "region": "eu-central-1", "storageClass": "STANDARD_IA"
        },
        "sources": {
          "shop": {
            "address": "mysql://db.example.com:3307",
            "credentials": {"user": "varve", "passwordVariable": "SHOP_PASSWORD"},
            "tls": {"mode": "verify-identity", "authorities": "rds"},
            "include": ["shop.*"], "exclude": ["shop.log_*"],
            "accounts": true, "parallel": 3, "partSize": "16M", "compressionLevel": 7,
            "snapshot": "gtid", "limitRate": "20M", "maxThreadsRunning": 40, "tags": ["nightly"],
            "schedules": {
              "incremental": {"cron": "30 2 * * *", "timeZone": "Europe/Berlin", "jitter": "10m"},
              "prune": {"cron": "0 5 * * SUN", "options": {"keep": {"daily": 7}}}
            }
          }
        },
        "targets": {
          "staging": {
            "address": "mariadb://10.0.0.1",
            "credentials": {"user": "root", "passwordVariable": "STAGING_PASSWORD"},
            "parallel": 2, "overwrite": true, "noBinaryLog": true, "limitRate": null
          }
        },
        "server": {
          "jobs": 3,
          "tokens": {
            "on-call": {
              "sha256": "b1946ac92492d2347c6235b4d2611184a1d2c3b4e5f60718293a4b5c6d7e8f90",
              "roles": ["backup", "restore"], "expires": "2027-01-31T00:00:00Z"
            }
          }
        }
      }
      """;

  @Test
  void eachFieldIsTaken() {
    Configuration configuration = of(WHOLE);
    assertThat(configuration.store())
        .hasToString(
            "StoreConfiguration[location=s3://bucket/prefix,"
                + " endpoint=Optional[http://127.0.0.1:9000], pathStyle=Optional[true],"
                + " region=Optional[eu-central-1], storageClass=Optional[STANDARD_IA]]");
    SourceConfiguration shop = configuration.source("shop");
    assertThat(shop.settings().address().authority()).isEqualTo("db.example.com:3307");
    assertThat(shop.settings().credentials().login().user()).isEqualTo("varve");
    assertThat(shop.settings().credentials().login().password().reveal()).isEqualTo("hunter2");
    assertThat(shop.settings().tls())
        .isEqualTo(
            TlsSettings.of(TlsMode.VERIFY_IDENTITY).withAuthorities(new Authorities.OfRds()));
    assertThat(shop.selection().selects(new TableName("shop", "orders"))).isTrue();
    assertThat(shop.selection().selects(new TableName("shop", "log_1"))).isFalse();
    assertThat(shop.accounts()).isTrue();
    assertThat(shop.parallel()).isEqualTo(3);
    assertThat(shop.partBytes()).hasValue(16L << 20);
    assertThat(shop.compressionLevel()).isEqualTo(7);
    assertThat(shop.snapshotWay()).contains(SnapshotWay.GTID);
    assertThat(shop.throttling())
        .isEqualTo(new Throttling(OptionalLong.of(20L << 20), OptionalInt.of(40)));
    assertThat(shop.tags()).containsExactly("nightly");
    ScheduleConfiguration nightly = requireNonNull(shop.schedules().get(ScheduledKind.INCREMENTAL));
    assertThat(nightly.timetable().firstAfter(Instant.parse("2026-07-01T00:00:00Z")))
        .contains(Instant.parse("2026-07-01T00:30:00Z"));
    assertThat(nightly.jitter()).isEqualTo(Duration.ofMinutes(10));
    ScheduleConfiguration prune = requireNonNull(shop.schedules().get(ScheduledKind.PRUNE));
    assertThat(prune.timetable().zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(prune.options().at("/keep/daily").asInt()).isEqualTo(7);
    assertThat(configuration.server().jobs()).isEqualTo(3);
    assertThat(configuration.server().tokens())
        .containsExactly(
            new ApiToken(
                "on-call",
                "b1946ac92492d2347c6235b4d2611184a1d2c3b4e5f60718293a4b5c6d7e8f90",
                Set.of(ApiRole.BACKUP, ApiRole.RESTORE),
                Optional.of(Instant.parse("2027-01-31T00:00:00Z"))));
    TargetConfiguration staging = configuration.target("staging");
    assertThat(staging.settings().address().authority()).isEqualTo("10.0.0.1:3306");
    assertThat(staging.parallel()).isEqualTo(2);
    assertThat(staging.overwrite()).isTrue();
    assertThat(staging.binaryLog()).isEqualTo(Target.BinaryLog.OFF);
    assertThat(staging.throttling()).isEqualTo(Throttling.NONE);
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    SourceConfiguration shop =
        of("""
                {%s, "sources": {"shop": {"address": "mysql://db",
                  "credentials": {"user": "varve", "passwordVariable": "SHOP_PASSWORD"}}}}
                """
                .formatted(STORE))
            .source("shop");
    assertThat(shop.settings().tls()).isEqualTo(TlsSettings.of(TlsMode.PREFERRED));
    assertThat(shop.selection().selects(new TableName("any", "table"))).isTrue();
    assertThat(shop.parallel()).isBetween(2, 8);
    assertThat(shop.partBytes()).isEmpty();
    assertThat(shop.compressionLevel()).isEqualTo(1);
    assertThat(shop.snapshotWay()).isEmpty();
    assertThat(shop.accounts()).isFalse();
    assertThat(shop.throttling()).isEqualTo(Throttling.NONE);
    assertThat(shop.tags()).isEmpty();
    assertThat(shop.schedules()).isEmpty();
  }

  @Test
  void authoritiesAloneMeanThatTheyAreLookedAt() {
    String server =
        """
        {%s, "sources": {"s": {"address": "mysql://db", "credentials": {"secret": "x"},
          "tls": {"authorities": "%s"}}}}
        """;
    assertThat(of(server.formatted(STORE, "/etc/ca.pem")).source("s").settings().tls())
        .isEqualTo(
            TlsSettings.of(TlsMode.VERIFY_CA)
                .withAuthorities(new Authorities.InFile(Path.of("/etc/ca.pem"))));
    assertThat(
            of(server.formatted(STORE, "-----BEGIN CERTIFICATE-----\\nMII="))
                .source("s")
                .settings()
                .tls()
                .authorities())
        .isInstanceOf(Authorities.Pem.class);
  }

  @Test
  void aStoreOpens(@TempDir Path folder) {
    Configuration configuration =
        of("{\"store\": {\"location\": \"file://%s\"}}".formatted(folder));
    try (ObjectStore store = configuration.store().open()) {
      assertThat(store.location()).isEqualTo("file://" + folder);
    }
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThereAre() {
    Configuration configuration = of(WHOLE);
    assertThatThrownBy(() -> configuration.source("staging"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("has no source of that name. It has shop.");
    assertThatThrownBy(() -> of("{%s}".formatted(STORE)).target("staging"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("It has no targets at all.");
  }

  @Test
  void allThatIsWrongIsSaidAtOnceByItsPath() {
    assertThatThrownBy(
            () ->
                of(
                    """
                    {
                      "store": {"location": "bucket", "regoin": "x"},
                      "sources": {
                        "shop": {
                          "adress": "mysql://db",
                          "credentials": {"user": "varve", "pasword": "hunter2"},
                          "tls": {"mode": "verify", "authorities": 7},
                          "include": "shop.*", "exclude": ["a", 1],
                          "accounts": "yes", "parallel": 65, "partSize": "1G",
                          "compressionLevel": 1.5, "snapshot": "best", "limitRate": "quick"
                        },
                        "no/name": {}
                      },
                      "target": {}
                    }
                    """))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("Cannot use the configuration in VARVE_CONFIG: ")
        .message()
        .contains(
            "store.location cannot be used: it is neither an S3 address",
            "store.regoin is no field that is known; here may be endpoint, location,",
            "sources.shop.address is missing",
            "sources.shop.adress is no field",
            "sources.shop.credentials says nowhere where the password comes from",
            "sources.shop.credentials.pasword is no field",
            "sources.shop.tls.mode has to be disabled,",
            "sources.shop.tls.authorities has to be a text",
            "sources.shop.include has to be a list of texts",
            "sources.shop.exclude[1] has to be a text",
            "sources.shop.accounts has to be true or false",
            "sources.shop.parallel has to be a whole number from 1 to 64",
            "sources.shop.partSize has to be at most 64M",
            "sources.shop.compressionLevel has to be a whole number from 1 to 19",
            "sources.shop.snapshot cannot be used: there is no such way",
            "sources.shop.limitRate has to be a size",
            "sources.no/name has a name of other characters",
            "target is no field that is known; here may be server, sources, store, targets")
        .doesNotContain("hunter2");
  }

  @Test
  void aTokenOfIamGoesOnlyToAServerThatIsKnown() {
    String document =
        """
        {%s, "sources": {"s": {"address": "mysql://db.x.eu-central-1.rds.amazonaws.com",
          "credentials": {"user": "varve", "rdsIam": true}%s}}}
        """;
    assertThat(of(document.formatted(STORE, "")).source("s").settings().tls())
        .isEqualTo(
            TlsSettings.of(TlsMode.VERIFY_IDENTITY).withAuthorities(new Authorities.OfRds()));
    assertThat(
            of(document.formatted(STORE, ", \"tls\": {\"mode\": \"verify-ca\"}"))
                .source("s")
                .settings()
                .tls())
        .isEqualTo(TlsSettings.of(TlsMode.VERIFY_CA).withAuthorities(new Authorities.OfRds()));
    for (String mode : new String[] {"disabled", "preferred", "required"}) {
      String weaker = document.formatted(STORE, ", \"tls\": {\"mode\": \"" + mode + "\"}");
      assertThatThrownBy(() -> of(weaker))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(
              "sources.s.tls.mode has to be verify-ca or verify-identity with rdsIam");
    }
  }

  @Test
  void aDocumentThatIsNoJsonIsToldByItsPlaceAndNotByItsText() {
    for (String broken :
        new String[] {
          "{\"store\": hunter2}", "{\"store\": {} \"hunter2\"", "{\"a\": 1, \"a\": 2}", "{} hunter2"
        }) {
      assertThatThrownBy(() -> of(broken))
          .as(broken)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("(line 1, column ")
          .hasNoCause()
          .message()
          .doesNotContain("hunter2");
    }
    assertThatThrownBy(() -> Configuration.load(Map.of("VARVE_CONFIG", "{\"a\": 1, \"a\": 2}")))
        .hasMessageContaining("a field stands twice");
  }

  @Test
  void itComesFromAFileToo(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("varve.json"), WHOLE);
    Configuration read =
        Configuration.load(Map.of("VARVE_CONFIG", file.toString(), "STAGING_PASSWORD", "hunter3"));
    assertThat(read.sources()).containsOnlyKeys("shop");
    assertThat(read.target("staging").settings().credentials().login().password().reveal())
        .isEqualTo("hunter3");
    assertThatThrownBy(
            () -> Configuration.load(Map.of("VARVE_CONFIG", folder.resolve("none").toString())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("none: it cannot be read");
  }

  @Test
  void withoutOneItSaysHowToGiveIt() {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("VARVE_CONFIG", " "))) {
      assertThatThrownBy(() -> Configuration.load(environment))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("VARVE_CONFIG is not set. Set it to the document itself");
    }
  }

  @Test
  void aPasswordThatIsMissingIsNoticedWhenItIsNeeded() {
    Configuration configuration =
        Configuration.load(Map.of("VARVE_CONFIG", WHOLE, "SHOP_PASSWORD", ""));
    assertThatThrownBy(() -> configuration.source("shop").settings().credentials().login())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the environment variable SHOP_PASSWORD is not set");
  }

  @Test
  void nothingPrintsAPassword() {
    Configuration configuration = of(WHOLE);
    Optional<?> refreshed =
        configuration
            .source("shop")
            .settings()
            .credentials()
            .loginAfterRefusalOf(configuration.source("shop").settings().credentials().login());
    assertThat(refreshed).isEmpty();
    assertThat(configuration.toString()).contains("SHOP_PASSWORD", "***").doesNotContain("hunter2");
    assertThat(configuration.source("shop").settings().credentials().login().toString())
        .isEqualTo("Login[user=varve, password=***]");
  }

  private static Configuration of(String document) {
    return Configuration.load(Map.of("VARVE_CONFIG", document.strip(), "SHOP_PASSWORD", "hunter2"));
  }
}
