package io.varve.store;

import static io.varve.testing.FaultyProxy.any;
import static io.varve.testing.FaultyProxy.method;
import static io.varve.testing.FaultyProxy.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.FaultyProxy;
import io.varve.testing.FaultyProxy.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

/** A store that a repository cannot stand on is refused before anything is written to it. */
class StoreProbeTest {

  /** Not the shared server: headers taken out of signed requests would be noticed. */
  private final EmbeddedS3 s3 = EmbeddedS3.sharedMock();

  private final String bucket = s3.newBucket("probe");
  private final FaultyProxy proxy = FaultyProxy.before(s3.endpoint());
  private final ObjectStore store =
      Stores.open("s3://" + bucket + "/db", s3.options().withEndpoint(proxy.endpoint()));

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  @Test
  void aStoreThatIgnoresPreconditionsIsRefused() {
    proxy.on(any()).withoutHeaders("If-None-Match", "If-Match");

    assertThatThrownBy(() -> StoreProbe.run(store, StoreProbe.Writers.MANY))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("If-None-Match and If-Match")
        .hasMessageContaining("--single-writer");
    assertThat(ObjectStoreContract.keys(store, "")).isEmpty();
  }

  @Test
  void aStoreThatIgnoresIfMatchAloneIsRefused() {
    proxy.on(any()).withoutHeaders("If-Match");

    assertThatThrownBy(() -> StoreProbe.run(store, StoreProbe.Writers.MANY))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("(If-Match)");
  }

  @Test
  void aSingleWriterMayUseAStoreThatIgnoresPreconditions() {
    proxy.on(any()).withoutHeaders("If-None-Match", "If-Match");

    StoreTraits traits = StoreProbe.run(store, StoreProbe.Writers.SINGLE);

    assertThat(traits.putIfAbsent()).isFalse();
    assertThat(traits.replaceIfUnchanged()).isFalse();
    assertThat(traits.singleWriter()).isTrue();
    assertThat(ObjectStoreContract.keys(store, "")).isEmpty();
  }

  @Test
  void aStoreWhoseListingsLagIsRefused() {
    proxy
        .on(method("GET").and(path("list-type")))
        .answer(
            Answer.of(
                200,
                "application/xml",
                "<?xml version=\"1.0\"?><ListBucketResult><Name>b</Name><KeyCount>0</KeyCount>"
                    + "<IsTruncated>false</IsTruncated></ListBucketResult>"));

    assertThatThrownBy(() -> StoreProbe.run(store, StoreProbe.Writers.SINGLE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("does not show at once");
    proxy.clearRules();
    assertThat(ObjectStoreContract.keys(store, "")).isEmpty();
  }

  @Test
  void aLifecycleRuleThatDeletesByAgeIsRefused() {
    lifecycle(
        LifecycleRule.builder()
            .id("tidy up")
            .status(ExpirationStatus.ENABLED)
            .filter(filter -> filter.prefix("d"))
            .expiration(expiration -> expiration.days(30))
            .build());

    assertThatThrownBy(() -> StoreProbe.run(store, StoreProbe.Writers.MANY))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("lifecycle rule 'tidy up' deletes objects after 30 days");
    assertThat(proxy.requests()).filteredOn(method("PUT")).isEmpty();
  }

  @Test
  void aLifecycleRuleBesideThePrefixIsHarmless() {
    lifecycle(
        LifecycleRule.builder()
            .id("logs")
            .status(ExpirationStatus.ENABLED)
            .filter(filter -> filter.prefix("logs/"))
            .expiration(expiration -> expiration.days(30))
            .build());

    assertThat(StoreProbe.run(store, StoreProbe.Writers.MANY).lifecycle()).isEqualTo("harmless");
  }

  @Test
  void aStoreThatDoesNotTellItsLifecycleRulesIsAccepted() {
    proxy.on(path("lifecycle")).answer(Answer.s3Error(403, "AccessDenied", "no"));

    assertThat(StoreProbe.run(store, StoreProbe.Writers.MANY).lifecycle())
        .isEqualTo("not-readable");
  }

  private void lifecycle(LifecycleRule rule) {
    try (S3Client client = s3.client()) {
      client.putBucketLifecycleConfiguration(
          put -> put.bucket(bucket).lifecycleConfiguration(rules -> rules.rules(rule)));
    }
  }
}
