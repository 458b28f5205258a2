package io.varve.repository;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.store.Content;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoreTraits;
import io.varve.store.StoredObject;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A repository in one store; holds the backups of any number of sources. Thread-safe. Opening costs
 * one request; making one, the probe of its store and one more.
 */
public final class Repository implements AutoCloseable {

  /** The version of the format that this program writes, and the newest that it reads. */
  public static final int FORMAT = 1;

  private final ObjectStore store;

  private Repository(ObjectStore store) {
    this.store = store;
  }

  /**
   * Opens the repository that is there.
   *
   * @throws InvalidRequestException if there is none, or one of a newer format
   */
  public static Repository open(ObjectStore store) {
    if (readInfo(store).isEmpty()) {
      throw new InvalidRequestException(
          "open the repository in",
          store.location(),
          "there is no " + Layout.REPOSITORY,
          "Check bucket and prefix; the first backup makes the repository.");
    }
    return new Repository(store);
  }

  /**
   * Opens the repository that is there, or makes it once the store has shown what it honours.
   *
   * @param probe tries the store; throws where nothing can be built on it
   */
  public static Repository openOrCreate(
      ObjectStore store, Supplier<StoreTraits> probe, Clock clock) {
    if (readInfo(store).isEmpty()) {
      RepositoryInfo info =
          new RepositoryInfo(FORMAT, BackupId.random(16), clock.instant(), probe.get());
      PutOutcome outcome = store.create(Layout.REPOSITORY, Content.of(Json.write(info)));
      if (outcome == PutOutcome.OTHER) {
        readInfo(store); // another run made it just now: fit if it reads
      }
    }
    return new Repository(store);
  }

  /**
   * What the repository in a store says of itself; empty where there is none. One request.
   *
   * @throws InvalidRequestException if it is of a newer format
   */
  public static Optional<RepositoryInfo> readInfo(ObjectStore store) {
    Optional<StoredObject> object = store.get(Layout.REPOSITORY);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    try {
      RepositoryInfo info = Json.read(object.get().content(), RepositoryInfo.class);
      requireKnownFormat(info.format(), Layout.REPOSITORY, store);
      return Optional.of(info);
    } catch (IOException e) {
      throw new DamageFoundException(
          "open the repository in",
          store.location(),
          Layout.REPOSITORY + " cannot be read",
          "Something else wrote it, or it was altered: use another prefix, or put it back.",
          e);
    }
  }

  static void requireKnownFormat(int format, String key, ObjectStore store) {
    if (format > FORMAT) {
      throw new InvalidRequestException(
          "read",
          key + " in " + store.location(),
          "it has format " + format + ", newer than " + FORMAT + " that this version knows",
          "Use a newer version of varve.");
    }
  }

  /** Where it lies, as the user wrote it; holds no secret. */
  public String location() {
    return store.location();
  }

  /** The names of the sources that have anything here. One request for 1,000 of them. */
  public List<String> sources() {
    return sources(store);
  }

  /** As {@link #sources()}. */
  public static List<String> sources(ObjectStore store) {
    return store.folders("").stream().filter(Layout::isSourceName).toList();
  }

  /** Whether a source can have that name. */
  public static boolean isSourceName(String name) {
    return Layout.isSourceName(name);
  }

  /**
   * The part of one source.
   *
   * @throws InvalidRequestException if it is no name that a source can have
   */
  public SourceRepository source(String name) {
    if (!Layout.isSourceName(name)) {
      throw new InvalidRequestException(
          "use",
          "the source name '" + name + "'",
          "it has other characters than letters, digits, dot, hyphen and underscore, or is longer"
              + " than 100",
          "Choose another with --name.");
    }
    return new SourceRepository(store, name);
  }

  @Override
  public void close() {
    store.close();
  }
}
