package io.varve.store;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

/**
 * Tries out whether a store honours what the repository's format stands on, below a key of its own,
 * {@code probe/<random>/}, which it leaves empty unless it is killed. Takes about 120 small
 * requests.
 *
 * <p>Writers race, for a store that only looks before it writes passes every test that goes one
 * after the other.
 */
public final class StoreProbe {

  /** Who writes to the repository, as the user says. */
  public enum Writers {
    /** Any number of processes at a time: the store has to decide between them. */
    MANY,
    /** One process at a time, so that a store that ignores preconditions will do. */
    SINGLE
  }

  /** What lies below it is of a trial under way, or of one that was killed. */
  public static final String FOLDER = "probe/";

  private static final int RACERS = 12;
  private static final int ROUNDS = 3;

  private final ObjectStore store;
  private final Writers writers;
  private final String folder = FOLDER + UUID.randomUUID() + "/";
  private final Set<String> written = new LinkedHashSet<>();

  private StoreProbe(ObjectStore store, Writers writers) {
    this.store = store;
    this.writers = writers;
  }

  /**
   * @throws InvalidRequestException if the store cannot hold a repository: it says why and what to
   *     do
   * @throws RetryLaterException if the store is away
   */
  public static StoreTraits run(ObjectStore store, Writers writers) {
    return new StoreProbe(store, writers).run();
  }

  private StoreTraits run() {
    String lifecycle = lifecycle();
    StoreTraits traits;
    try {
      traits = tryOut(lifecycle);
    } catch (RuntimeException e) {
      try {
        cleanUp();
      } catch (RuntimeException cleaning) {
        e.addSuppressed(cleaning);
      }
      throw e;
    }
    cleanUp();
    refuseUnfit(traits);
    return traits;
  }

  private StoreTraits tryOut(String lifecycle) {
    boolean readAfterWrite = true;
    boolean listAfterWrite = true;
    boolean listAfterDelete = true;
    boolean putIfAbsent = true;
    boolean replaceIfUnchanged = true;
    for (int round = 0; round < ROUNDS; round++) {
      String key = key("round-" + round);
      Race creators = race(content -> store.create(key, content));
      putIfAbsent &= creators.hasOneWinner();
      Optional<StoredObject> created = store.get(key);
      readAfterWrite &= created.isPresent() && creators.won(created.get());
      listAfterWrite &= isListed(key);

      String version = created.map(StoredObject::version).orElse("none");
      Race replacers = race(content -> store.replace(key, content, version));
      replaceIfUnchanged &= replacers.hasOneWinner();
      replaceIfUnchanged &=
          store.replace(key, Content.of("late " + UUID.randomUUID()), version) == PutOutcome.OTHER;
      if (replaceIfUnchanged) {
        Optional<StoredObject> replaced = store.get(key);
        readAfterWrite &= replaced.isPresent() && replacers.won(replaced.get());
      }

      store.delete(key);
      readAfterWrite &= store.get(key).isEmpty();
      listAfterDelete &= !isListed(key);
    }
    return new StoreTraits(
        store instanceof S3Store ? "s3" : "file",
        putIfAbsent,
        replaceIfUnchanged,
        readAfterWrite,
        listAfterWrite,
        listAfterDelete,
        lifecycle,
        writers == Writers.SINGLE);
  }

  /** The bytes of those whose put was said to have succeeded. */
  private record Race(List<String> winners) {

    boolean hasOneWinner() {
      return winners.size() == 1;
    }

    /** Where several were told so, one of them has. */
    boolean won(StoredObject object) {
      return winners.contains(new String(object.content(), StandardCharsets.UTF_8));
    }
  }

  private Race race(Function<Content, PutOutcome> put) {
    Phaser start = new Phaser(RACERS);
    List<Future<Optional<String>>> racers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
      for (int i = 0; i < RACERS; i++) {
        racers.add(
            threads.submit(
                () -> {
                  String text = "probe " + UUID.randomUUID();
                  start.arriveAndAwaitAdvance();
                  // SAME: this racer's own put, whose answer was lost; no other sends these bytes.
                  return put.apply(Content.of(text)) == PutOutcome.OTHER
                      ? Optional.empty()
                      : Optional.of(text);
                }));
      }
    }
    List<String> winners = new ArrayList<>();
    for (Future<Optional<String>> racer : racers) {
      result(racer).ifPresent(winners::add);
    }
    return new Race(winners);
  }

  private <T> T result(Future<T> racer) {
    try {
      return racer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a racer of the probe broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetryLaterException(
          "probe", store.location(), "it was interrupted", "Run again.", e);
    }
  }

  private String key(String name) {
    String key = folder + name;
    written.add(key);
    return key;
  }

  private boolean isListed(String key) {
    List<String> keys = new ArrayList<>();
    store.list(folder, object -> keys.add(object.key()));
    return keys.contains(key);
  }

  private void cleanUp() {
    written.forEach(store::delete);
  }

  private String lifecycle() {
    if (!(store instanceof S3Store s3)) {
      return "not-applicable";
    }
    Optional<List<LifecycleRule>> rules = s3.lifecycleRules();
    if (rules.isEmpty()) {
      return "not-readable";
    }
    LifecycleRules.harm(rules.get(), s3.keyPrefix())
        .ifPresent(
            harm -> {
              throw new InvalidRequestException(
                  "use",
                  store.location() + " for backups",
                  harm,
                  "An incremental backup names parts of any age. Take the rule off this prefix;"
                      + " varve prune deletes what the retention policy no longer wants.");
            });
    return rules.get().isEmpty() ? "none" : "harmless";
  }

  private void refuseUnfit(StoreTraits traits) {
    if (!traits.readAfterWrite() || !traits.listAfterWrite() || !traits.listAfterDelete()) {
      throw new InvalidRequestException(
          "use",
          store.location() + " for backups",
          "the store does not show at once what was written or deleted",
          "Use a store with strong consistency, without a cache before it.");
    }
    if (writers == Writers.MANY && !(traits.putIfAbsent() && traits.replaceIfUnchanged())) {
      String ignored =
          traits.replaceIfUnchanged()
              ? "If-None-Match"
              : traits.putIfAbsent() ? "If-Match" : "If-None-Match and If-Match";
      throw new InvalidRequestException(
          "use",
          store.location() + " for backups",
          "the store ignores the preconditions of a PUT ("
              + ignored
              + "): of "
              + RACERS
              + " racing writers more than one was told it had won, so two runs could destroy each"
              + " other's work unnoticed",
          "Use a store that honours them, as AWS S3, MinIO and Versity Gateway do; or, if you make"
              + " sure that no two processes ever write here at a time, say so with"
              + " --single-writer.");
    }
  }
}
