package io.varve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.varve.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store must do, whatever it is made of. */
abstract class ObjectStoreContract {

  private static final int RACERS = 64;

  /** A store; tests share it and keep apart by the keys they use. */
  abstract ObjectStore store();

  /** Reads an object of the store past our own code. */
  abstract Optional<byte[]> bytesOf(String key) throws Exception;

  @Test
  void anObjectIsCreatedOnce() {
    ObjectStore store = store();

    assertThat(store.create("once/a", Content.of("one"))).isEqualTo(PutOutcome.CREATED);
    assertThat(store.create("once/a", Content.of("two"))).isEqualTo(PutOutcome.OTHER);
    assertThat(store.create("once/a", Content.of("longer"))).isEqualTo(PutOutcome.OTHER);

    assertThat(text(store, "once/a")).isEqualTo("one");
  }

  @Test
  void whoCreatesTheSameBytesAgainIsToldSo() {
    ObjectStore store = store();

    assertThat(store.create("same/a", Content.of("one"))).isEqualTo(PutOutcome.CREATED);
    assertThat(store.create("same/a", Content.of("one"))).isEqualTo(PutOutcome.SAME);
  }

  @Test
  void anObjectIsReplacedOnlyAsTheVersionThatWasRead() {
    ObjectStore store = store();
    store.create("replace/a", Content.of("one"));
    String first = version(store, "replace/a");

    assertThat(store.replace("replace/a", Content.of("two"), first)).isEqualTo(PutOutcome.CREATED);
    String second = version(store, "replace/a");
    assertThat(second).isNotEqualTo(first);

    assertThat(store.replace("replace/a", Content.of("six"), first)).isEqualTo(PutOutcome.OTHER);
    assertThat(store.replace("replace/a", Content.of("two"), first)).isEqualTo(PutOutcome.SAME);
    assertThat(text(store, "replace/a")).isEqualTo("two");
    assertThat(version(store, "replace/a")).isEqualTo(second);
  }

  @Test
  void whatDoesNotExistIsNotReplaced() {
    ObjectStore store = store();
    store.create("gone/a", Content.of("one"));
    String version = version(store, "gone/a");
    store.delete("gone/a");

    assertThat(store.replace("gone/a", Content.of("two"), version)).isEqualTo(PutOutcome.OTHER);
    assertThat(store.get("gone/a")).isEmpty();
  }

  @Test
  void ofManyRacingCreatorsOneWins() throws Exception {
    ObjectStore store = store();

    List<String> winners = race(content -> store.create("race/create", content));

    assertThat(winners).hasSize(1);
    assertThat(text(store, "race/create")).isEqualTo(winners.getFirst());
  }

  @Test
  void ofManyRacingReplacersOneWins() throws Exception {
    ObjectStore store = store();
    store.create("race/replace", Content.of("at first"));
    String version = version(store, "race/replace");

    List<String> winners = race(content -> store.replace("race/replace", content, version));

    assertThat(winners).hasSize(1);
    assertThat(text(store, "race/replace")).isEqualTo(winners.getFirst());
  }

  /** The contents whose writers were told that they had won. */
  private static List<String> race(Function<Content, PutOutcome> put) throws Exception {
    CyclicBarrier start = new CyclicBarrier(RACERS);
    List<Future<Optional<String>>> racers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
      for (int i = 0; i < RACERS; i++) {
        String text = "written by racer " + (100 + i);
        racers.add(
            threads.submit(
                () -> {
                  start.await();
                  return put.apply(Content.of(text)) == PutOutcome.OTHER
                      ? Optional.<String>empty()
                      : Optional.of(text);
                }));
      }
    }
    List<String> winners = new ArrayList<>();
    for (Future<Optional<String>> racer : racers) {
      racer.get().ifPresent(winners::add);
    }
    return winners;
  }

  /** Three pages; fewer only where a server takes minutes for so many. */
  int manyObjects() {
    return 3000;
  }

  @Test
  void aListingOfManyPagesIsCompleteAndInKeyOrder() throws Exception {
    ObjectStore store = store();
    List<String> expected =
        IntStream.range(0, manyObjects())
            // "a-" sorts before "a/" and "a/" before "b": folders tempt to another order
            .mapToObj(i -> "many/" + List.of("b", "a-", "a/").get(i % 3) + i)
            .sorted(ObjectKeys.ORDER)
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      List<Future<PutOutcome>> puts = new ArrayList<>();
      for (String key : expected) {
        puts.add(threads.submit(() -> store.create(key, Content.of("x"))));
      }
      for (Future<PutOutcome> put : puts) {
        assertThat(put.get()).isEqualTo(PutOutcome.CREATED);
      }
    }

    assertThat(keys(store, "many/")).containsExactlyElementsOf(expected);
    assertThat(keys(store, "many/a"))
        .containsExactlyElementsOf(expected.stream().filter(k -> k.startsWith("many/a")).toList());
    assertThat(keys(store, "many/a/"))
        .containsExactlyElementsOf(expected.stream().filter(k -> k.startsWith("many/a/")).toList());
    assertThat(keys(store, "many/a/17"))
        .containsExactlyElementsOf(
            expected.stream().filter(k -> k.startsWith("many/a/17")).toList());
  }

  @Test
  void keysAreOrderedByTheirBytes() {
    ObjectStore store = store();
    List<String> ordered =
        List.of(
            "order/A",
            "order/B",
            "order/a",
            "order/a!",
            "order/a-b",
            "order/a.b",
            "order/aa",
            "order/b",
            "order/\u00e9");
    ordered.reversed().forEach(key -> store.create(key, Content.of(key)));

    assertThat(keys(store, "order/")).containsExactlyElementsOf(ordered);
  }

  @Test
  void keysBeyondTheBasicPlaneAreOrderedByTheirBytes() {
    // U+FF21 sorts before U+1F600 in UTF-8 but after it in Java's UTF-16.
    List<String> ordered = List.of("plane/\uff21", "plane/\ud83d\ude00");
    assumeThat(knownToFail("order beyond the basic plane")).isFalse();
    ObjectStore store = store();
    ordered.reversed().forEach(key -> store.create(key, Content.of(key)));

    assertThat(keys(store, "plane/")).containsExactlyElementsOf(ordered);
  }

  static Stream<String> awkwardSegments() {
    return Stream.of(
        "percent%41",
        "%2F",
        "%",
        "100%25",
        "plus+plus",
        "two words",
        " leading",
        "trailing ",
        "two  spaces",
        "quote'single",
        "quote\"double",
        "back\\slash",
        "back`tick",
        "amp&er",
        "a=b",
        "=41",
        "semi;colon",
        "co:lon",
        "co,mma",
        "question?mark",
        "ha#sh",
        "at@",
        "dol$lar",
        "star*",
        "(round)",
        "[square]",
        "{curly}",
        "<angle>",
        "pi|pe",
        "til~de",
        "care^t",
        "ex!cl",
        "...",
        "..a",
        ".hidden",
        "a..b",
        ".varve-x.tmp",
        "-dash",
        "\u00fcml\u00e4ut",
        "e\u0301",
        "\u00e9",
        "\u4e2d\u6587",
        "\ud83d\ude00",
        "\u05e9\u05dc\u05d5\u05dd",
        "tab\tin",
        "new\nline",
        "del\u007f",
        "n".repeat(200));
  }

  @ParameterizedTest
  @MethodSource("awkwardSegments")
  void anyCharacterMayStandInAKey(String segment) throws Exception {
    assumeThat(knownToFail(segment)).isFalse();
    ObjectStore store = store();
    String key = "awkward/" + segment + "/x" + segment;

    assertThat(store.create(key, Content.of(key))).isEqualTo(PutOutcome.CREATED);
    assertThat(store.create(key, Content.of("other"))).isEqualTo(PutOutcome.OTHER);
    assertThat(text(store, key)).isEqualTo(key);
    assertThat(bytesOf(key))
        .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo(key));
    assertThat(keys(store, "awkward/" + segment + "/")).containsExactly(key);
    assertThat(store.replace(key, Content.of("new"), version(store, key)))
        .isEqualTo(PutOutcome.CREATED);
    store.delete(key);
    assertThat(store.get(key)).isEmpty();
    assertThat(keys(store, "awkward/" + segment)).isEmpty();
  }

  /** What this server, not our code, cannot do: the segment of a key, or a thing by its name. */
  boolean knownToFail(String what) {
    return false;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", ".", "./a", "a/./b"})
  void aKeyThatCouldMeanAnotherPlaceIsRefused(String key) {
    ObjectStore store = store();

    assertThatThrownBy(() -> store.create(key, Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("segment");
    assertThatThrownBy(() -> store.get(key)).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> store.delete(key)).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> store.replace(key, Content.of("x"), "v"))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void aKeyBeyondS3sLimitIsRefused() {
    String key = "long/" + "x/".repeat(600) + "x";

    assertThatThrownBy(() -> store().create(key, Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1024");
  }

  @Test
  void aListingShowsAtOnceWhatWasPutAndDeleted() {
    ObjectStore store = store();
    for (int i = 0; i < 20; i++) {
      String key = "fresh/" + i;
      store.create(key, Content.of("x"));
      assertThat(keys(store, "fresh/")).containsExactly(key);
      store.delete(key);
      assertThat(keys(store, "fresh/")).isEmpty();
    }
  }

  @Test
  void aListingTellsSizeAndTime() {
    ObjectStore store = store();
    store.create("listed/a", Content.of("12345"));

    List<ObjectInfo> objects = new ArrayList<>();
    store.list("listed/", objects::add);

    assertThat(objects).hasSize(1);
    assertThat(objects.getFirst().size()).isEqualTo(5);
    assertThat(Duration.between(objects.getFirst().modified(), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void whatIsNotThereIsReadAsEmptyAndDeletedWithoutError() {
    ObjectStore store = store();

    assertThat(store.get("never/was")).isEmpty();
    store.delete("never/was");
    assertThat(keys(store, "never/")).isEmpty();
  }

  @Test
  void bytesComeBackAsTheyWere() throws Exception {
    ObjectStore store = store();
    byte[] bytes = new byte[5 * 1024 * 1024 + 3];
    new Random(7).nextBytes(bytes);

    assertThat(store.create("bytes/large", Content.of(bytes))).isEqualTo(PutOutcome.CREATED);
    assertThat(store.create("bytes/empty", Content.of(new byte[0]))).isEqualTo(PutOutcome.CREATED);

    assertThat(store.get("bytes/large").orElseThrow().content()).isEqualTo(bytes);
    assertThat(bytesOf("bytes/large").orElseThrow()).isEqualTo(bytes);
    assertThat(store.get("bytes/empty").orElseThrow().content()).isEmpty();
    assertThat(store.create("bytes/large", Content.of(bytes))).isEqualTo(PutOutcome.SAME);
    bytes[bytes.length - 1]++;
    assertThat(store.create("bytes/large", Content.of(bytes))).isEqualTo(PutOutcome.OTHER);
  }

  @Test
  void theProbeFindsTheStoreFitAndLeavesNothingBehind() {
    ObjectStore store = store();

    StoreTraits traits = StoreProbe.run(store, StoreProbe.Writers.MANY);

    assertThat(traits.putIfAbsent()).isTrue();
    assertThat(traits.replaceIfUnchanged()).isTrue();
    assertThat(traits.readAfterWrite()).isTrue();
    assertThat(traits.listAfterWrite()).isTrue();
    assertThat(traits.listAfterDelete()).isTrue();
    assertThat(traits.singleWriter()).isFalse();
    assertThat(keys(store, "probe")).isEmpty();
  }

  static List<String> keys(ObjectStore store, String prefix) {
    List<String> keys = new ArrayList<>();
    store.list(prefix, object -> keys.add(object.key()));
    return keys;
  }

  static String text(ObjectStore store, String key) {
    return new String(store.get(key).orElseThrow().content(), StandardCharsets.UTF_8);
  }

  static String version(ObjectStore store, String key) {
    return store.get(key).orElseThrow().version();
  }
}
