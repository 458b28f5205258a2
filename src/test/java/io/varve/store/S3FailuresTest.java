package io.varve.store;

import static io.varve.testing.FaultyProxy.any;
import static io.varve.testing.FaultyProxy.method;
import static io.varve.testing.FaultyProxy.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.FaultyProxy;
import io.varve.testing.FaultyProxy.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What happens, and what is said, when a store or the way to it fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3FailuresTest {

  private static final RetryRule QUICK =
      new RetryRule(
          5,
          Duration.ofMillis(2),
          Duration.ofMillis(20),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10));

  /** Not more so than a real store on a busy disk needs: the third attempt is to be its last. */
  private static final RetryRule IMPATIENT =
      new RetryRule(
          3,
          Duration.ofMillis(2),
          Duration.ofMillis(20),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2));

  private final EmbeddedS3 s3 = EmbeddedS3.shared();
  private String bucket = "";
  private FaultyProxy proxy = FaultyProxy.before(s3.endpoint());
  private ObjectStore store = openStore(s3.endpoint(), QUICK);

  @BeforeAll
  void makeBucket() {
    bucket = s3.newBucket("faults");
  }

  @BeforeEach
  void open() {
    store.close();
    proxy.close();
    proxy = FaultyProxy.before(s3.endpoint());
    store = openStore(proxy.endpoint(), QUICK);
  }

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  private ObjectStore openStore(URI endpoint, RetryRule rule) {
    return Stores.open(
        "s3://" + bucket + "x".repeat(bucket.isEmpty() ? 3 : 0) + "/p",
        s3.options().withEndpoint(endpoint).withRetries(rule));
  }

  private long puts() {
    return proxy.requests().stream().filter(method("PUT")).count();
  }

  @Test
  void anOverloadedStoreIsAskedAgain() {
    proxy.on(method("PUT")).times(2).answer(503);
    proxy.on(method("PUT")).times(1).answer(500);

    assertThat(store.create("busy/a", Content.of("one"))).isEqualTo(PutOutcome.CREATED);

    assertThat(puts()).isEqualTo(4);
    assertThat(ObjectStoreContract.text(store, "busy/a")).isEqualTo("one");
  }

  @Test
  void readsListingsAndDeletesAreTriedAgainToo() {
    store.create("again/a", Content.of("one"));
    proxy.on(method("GET").and(path("again/a"))).times(1).answer(500);
    proxy.on(method("GET").and(path("again/a"))).times(1).drop();
    proxy.on(method("GET").and(path("list-type"))).times(2).answer(503);
    proxy.on(method("DELETE")).times(1).drop();
    proxy.on(method("DELETE")).times(1).loseAnswer();

    assertThat(ObjectStoreContract.text(store, "again/a")).isEqualTo("one");
    assertThat(ObjectStoreContract.keys(store, "again/")).containsExactly("again/a");
    store.delete("again/a");
    assertThat(store.get("again/a")).isEmpty();
  }

  @Test
  void aCutConnectionIsTriedAgain() {
    assertThat(store.create("cut/first", Content.of("x"))).isEqualTo(PutOutcome.CREATED);
    proxy.on(method("PUT")).times(3).drop();

    assertThat(store.create("cut/a", Content.of("one"))).isEqualTo(PutOutcome.CREATED);
    assertThat(puts()).isEqualTo(5);
  }

  @Test
  void aSilentStoreIsAskedAgain() {
    ObjectStore impatient = openStore(proxy.endpoint(), IMPATIENT);
    proxy.on(method("PUT")).times(2).hang();

    assertThat(impatient.create("silent/a", Content.of("one"))).isEqualTo(PutOutcome.CREATED);
    assertThat(puts()).isEqualTo(3);
    impatient.close();
  }

  @Test
  void aCreateWhoseAnswerWasLostMeetsItsOwnSuccess() {
    proxy.on(method("PUT")).times(1).loseAnswer();

    assertThat(store.create("lost/a", Content.of("one"))).isEqualTo(PutOutcome.SAME);

    assertThat(puts()).isEqualTo(1);
    assertThat(ObjectStoreContract.text(store, "lost/a")).isEqualTo("one");
  }

  @Test
  void aCreateWhoseEveryAnswerWasLostReadsTheObject() {
    store.create("lost/reached", Content.of("x"));
    proxy.on(method("PUT")).loseAnswer();

    assertThat(store.create("lost/b", Content.of("one"))).isEqualTo(PutOutcome.SAME);
    assertThat(store.create("lost/b", Content.of("two"))).isEqualTo(PutOutcome.OTHER);
  }

  @Test
  void aReplaceWhoseAnswerWasLostMeetsItsOwnSuccess() {
    store.create("lost/c", Content.of("one"));
    String version = ObjectStoreContract.version(store, "lost/c");
    proxy.on(method("PUT")).times(1).loseAnswer();

    assertThat(store.replace("lost/c", Content.of("two"), version)).isEqualTo(PutOutcome.SAME);
    assertThat(ObjectStoreContract.text(store, "lost/c")).isEqualTo("two");
  }

  @Test
  void aRaceThatNobodyHasWonYetIsRunAgain() {
    Answer conflict =
        Answer.s3Error(409, "ConditionalRequestConflict", "a conflicting operation is under way");
    proxy.on(method("PUT")).times(2).answer(conflict);

    assertThat(store.create("conflict/a", Content.of("one"))).isEqualTo(PutOutcome.CREATED);

    String version = ObjectStoreContract.version(store, "conflict/a");
    proxy.on(method("PUT")).times(2).answer(conflict);
    assertThat(store.replace("conflict/a", Content.of("two"), version))
        .isEqualTo(PutOutcome.CREATED);
  }

  @Test
  void aConflictWithOnesOwnSuccessIsASuccess() {
    proxy
        .on(method("PUT"))
        .times(1)
        .answerInstead(answer -> Answer.s3Error(409, "ConditionalRequestConflict", "made up"));

    assertThat(store.create("conflict/b", Content.of("one"))).isEqualTo(PutOutcome.SAME);
    assertThat(puts()).isEqualTo(1);
  }

  @Test
  void aConflictThatAnotherWonIsLost() {
    store.create("conflict/c", Content.of("theirs"));
    proxy.on(method("PUT")).answer(Answer.s3Error(409, "ConditionalRequestConflict", "made up"));

    assertThat(store.create("conflict/c", Content.of("ours"))).isEqualTo(PutOutcome.OTHER);
    assertThat(store.replace("conflict/c", Content.of("ours"), "\"another\""))
        .isEqualTo(PutOutcome.OTHER);
  }

  @Test
  void anEndlessConflictIsReported() {
    proxy.on(method("PUT")).answer(Answer.s3Error(409, "ConditionalRequestConflict", "made up"));

    assertThatThrownBy(() -> store.create("conflict/d", Content.of("ours")))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("another write to the same key");
  }

  @Test
  void aStoreThatStaysIllIsReportedAndNothingIsWritten() {
    proxy.on(method("PUT")).answer(503);

    assertThatThrownBy(() -> store.create("ill/a", Content.of("one")))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("ill/a")
        .hasMessageContaining("503");
    assertThat(puts()).isEqualTo(QUICK.attempts());
    assertThat(store.get("ill/a")).isEmpty();
  }

  @Test
  void aBodyCutShortIsReadAgain() {
    store.create("short/a", Content.of("0123456789".repeat(10_000)));
    proxy.on(method("GET")).times(2).truncate(70_000);

    assertThat(store.get("short/a").orElseThrow().content()).hasSize(100_000);
    proxy.on(method("GET")).truncate(70_000);
    assertThatThrownBy(() -> store.get("short/a")).isInstanceOf(RetryLaterException.class);
  }

  /** The code of the error is in the body, and without it nobody knows what the 404 is about. */
  @Test
  void anErrorCutShortIsReadAgain() {
    proxy.on(method("GET")).times(2).truncate(20);
    assertThat(store.get("short/none")).isEmpty();
    assertThat(proxy.requests()).hasSize(3);

    proxy.on(method("GET")).truncate(20);
    assertThatThrownBy(() -> store.get("short/none"))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("short/none")
        .hasMessageContaining("kept breaking");
  }

  @Test
  void aListingCutShortIsReadAgain() {
    store.create("listed/a", Content.of("one"));
    for (int bytes : new int[] {0, 20, 300}) {
      proxy.on(path("list-type")).times(1).truncate(bytes);
      assertThat(ObjectStoreContract.keys(store, "listed/")).containsExactly("listed/a");
    }
  }

  @Test
  void anAlteredBodyIsReadAgainAndThenIsDamage() {
    store.create("altered/a", Content.of("0123456789"));
    byte[] altered = "0123X56789".getBytes(StandardCharsets.UTF_8);
    proxy
        .on(method("GET"))
        .times(2)
        .answerInstead(answer -> new Answer(answer.status(), answer.headers(), altered));

    assertThat(ObjectStoreContract.text(store, "altered/a")).isEqualTo("0123456789");

    proxy
        .on(method("GET"))
        .answerInstead(answer -> new Answer(answer.status(), answer.headers(), altered));
    assertThatThrownBy(() -> store.get("altered/a"))
        .isInstanceOf(DamageFoundException.class)
        .hasMessageContaining("altered/a");
  }

  @Test
  void aMissingBucketIsNamed() {
    ObjectStore lost =
        Stores.open("s3://no-such-bucket-" + bucket, s3.options().withRetries(QUICK));

    for (Runnable call : calls(lost)) {
      assertThatThrownBy(call::run)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("there is no bucket 'no-such-bucket-" + bucket + "'");
    }
    assertThatThrownBy(() -> StoreProbe.run(lost, StoreProbe.Writers.MANY))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there is no bucket");
    lost.close();
  }

  private static Iterable<Runnable> calls(ObjectStore store) {
    return List.of(
        () -> store.create("k", Content.of("x")),
        () -> store.get("k"),
        () -> store.list("", object -> {}));
  }

  @Test
  void deniedAccessNamesTheRightThatIsMissing() {
    proxy.on(any()).answer(Answer.s3Error(403, "AccessDenied", "Access Denied"));

    assertThatThrownBy(() -> store.create("denied/a", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Allow s3:PutObject on s3://" + bucket + "/p/*")
        .hasMessageContaining("denied/a");
    assertThatThrownBy(() -> store.create("denied/large", Content.of(new byte[300_000])))
        .hasMessageContaining("Allow s3:PutObject");
    assertThatThrownBy(() -> store.get("denied/a"))
        .hasMessageContaining("Allow s3:GetObject")
        .hasMessageContaining("s3:ListBucket");
    assertThatThrownBy(() -> store.list("denied/", object -> {}))
        .hasMessageContaining("Allow s3:ListBucket on the bucket '" + bucket + "'");
    assertThatThrownBy(() -> store.delete("denied/a")).hasMessageContaining("s3:DeleteObject");
    assertThat(proxy.requests()).hasSize(5);
  }

  @Test
  void wrongKeysAreNamedWithoutTheSecret() {
    String secret = "0123456789secret0123456789secret";
    S3Options wrong = s3.options().withRetries(QUICK);
    ObjectStore unknownKey =
        Stores.open(
            "s3://" + bucket,
            wrong
                .withEndpoint(s3.isMock() ? proxy.endpoint() : s3.endpoint())
                .withCredentials(S3Credentials.of("nobody", secret)));
    ObjectStore wrongSecret =
        Stores.open(
            "s3://" + bucket,
            wrong
                .withEndpoint(s3.isMock() ? proxy.endpoint() : s3.endpoint())
                .withCredentials(S3Credentials.of(s3.credentials().accessKey(), secret)));
    if (s3.isMock()) { // it checks neither
      proxy.on(path("/k1")).answer(Answer.s3Error(403, "InvalidAccessKeyId", "unknown"));
      proxy.on(path("/k2")).answer(Answer.s3Error(403, "SignatureDoesNotMatch", "differs"));
    }

    assertThatThrownBy(() -> unknownKey.create("k1", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("does not know the access key")
        .satisfies(failure -> assertThat(allWords(failure)).doesNotContain(secret));
    assertThatThrownBy(() -> wrongSecret.create("k2", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("secret key does not belong")
        .satisfies(failure -> assertThat(allWords(failure)).doesNotContain(secret));
    unknownKey.close();
    wrongSecret.close();
  }

  private static String allWords(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      words.append(each).append('\n');
    }
    return words.toString();
  }

  @Test
  void aWrongClockIsNamedWithItsDifference() {
    String theirs =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusHours(3).plusMinutes(1));
    proxy
        .on(any())
        .answer(
            Answer.s3Error(403, "RequestTimeTooSkewed", "The difference is too large.")
                .withHeader("Date", theirs));

    assertThatThrownBy(() -> store.create("clock/a", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("3 hours behind the store's");
    assertThat(proxy.requests()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void anotherRegionIsNamed() {
    proxy
        .on(path("/r1"))
        .answer(
            Answer.s3Error(301, "PermanentRedirect", "another endpoint")
                .withHeader("x-amz-bucket-region", "eu-west-1"));
    proxy
        .on(path("/r2"))
        .answer(
            Answer.s3Error(
                400,
                "AuthorizationHeaderMalformed",
                "the region 'us-east-1' is wrong; expecting 'eu-central-1'"));

    assertThatThrownBy(() -> store.create("r1", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("not in region us-east-1 but in eu-west-1")
        .hasMessageContaining("AWS_REGION");
    assertThatThrownBy(() -> store.get("r2")).hasMessageContaining("but in eu-central-1");
  }

  @Test
  void aServerThatIsNotS3IsToldApart() throws IOException {
    for (int status : new int[] {200, 404, 403, 400, 405}) {
      HttpServer web =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      web.createContext(
          "/",
          exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] page =
                "<!DOCTYPE html><html><p>It works!<br></html>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(status, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
          });
      web.start();
      ObjectStore site =
          openStore(URI.create("http://127.0.0.1:" + web.getAddress().getPort()), QUICK);
      try {
        for (Runnable call : calls(site)) {
          assertThatThrownBy(call::run)
              .as("status " + status)
              .isInstanceOf(InvalidRequestException.class)
              .hasMessageContaining("not at its console");
        }
      } finally {
        site.close();
        web.stop(0);
      }
    }
  }

  @Test
  void aServerThatDoesNotSpeakTlsIsNamed() {
    URI tls = URI.create(proxy.endpoint().toString().replace("http:", "https:"));
    ObjectStore plain = openStore(tls, QUICK);

    assertThatThrownBy(() -> plain.get("k"))
        .isInstanceOf(VarveException.class)
        .hasMessageContaining("TLS");
    plain.close();
  }

  @Test
  void nothingListeningIsSaidAtOnce() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    ObjectStore nobody = openStore(URI.create("http://127.0.0.1:" + port), RetryRule.DEFAULT);

    assertThatThrownBy(() -> nobody.get("k"))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("nothing answers at http://127.0.0.1:" + port);
    nobody.close();
  }

  @Test
  void anUnknownHostIsSaidAtOnce() {
    ObjectStore nowhere =
        openStore(URI.create("http://no-such-host.invalid:9000"), RetryRule.DEFAULT);

    assertThatThrownBy(() -> nowhere.get("k"))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("no-such-host.invalid")
        .hasMessageContaining("not known");
    nowhere.close();
  }

  @Test
  void aStoreThatGoesAwayInBetweenIsWaitedForAndReported() {
    store.create("away/a", Content.of("x"));
    proxy.close();

    assertThatThrownBy(() -> store.create("away/b", Content.of("x")))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("nothing answers");
  }

  @Test
  void missingCredentialsAreNamed() {
    assumeThat(System.getenv("AWS_ACCESS_KEY_ID")).isNull();
    assumeThat(System.getenv("AWS_PROFILE")).isNull();
    // Asking for an instance's metadata takes seconds where there is none.
    System.setProperty("aws.disableEc2Metadata", "true");
    try (ObjectStore anonymous =
        Stores.open("s3://" + bucket, s3.options().withCredentials(null))) {
      assertThatThrownBy(() -> anonymous.get("k"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("no AWS credentials were found")
          .hasMessageContaining("AWS_ACCESS_KEY_ID");
    } finally {
      System.clearProperty("aws.disableEc2Metadata");
    }
  }

  @Test
  void theProxyOfTheEnvironmentIsUsed() {
    StoreLocation.S3 location = new StoreLocation.S3(bucket, "p");
    S3Options options =
        s3.options().withEndpoint(URI.create("http://store.invalid")).withRetries(QUICK);
    ObjectStore proxied =
        S3Store.open(location, options, Map.of("HTTP_PROXY", proxy.endpoint().toString()));
    proxy.on(any()).answer(Answer.s3Error(403, "AccessDenied", "seen by the proxy"));

    assertThatThrownBy(() -> proxied.get("k")).hasMessageContaining("seen by the proxy");
    proxied.close();
  }
}
