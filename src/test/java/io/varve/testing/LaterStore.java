package io.varve.testing;

import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoredObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A real store as it is some time later: what is put through this one is younger by so much. */
public final class LaterStore implements ObjectStore {

  private final ObjectStore store;
  private final Duration later;
  private final Set<String> put = ConcurrentHashMap.newKeySet();

  public LaterStore(ObjectStore store, Duration later) {
    this.store = store;
    this.later = later;
  }

  @Override
  public String location() {
    return store.location();
  }

  @Override
  public PutOutcome create(String key, Content content) {
    put.add(key);
    return store.create(key, content);
  }

  @Override
  public PutOutcome replace(String key, Content content, String version) {
    put.add(key);
    return store.replace(key, content, version);
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return store.get(key);
  }

  @Override
  public void list(String prefix, Consumer<ObjectInfo> each) {
    store.list(
        prefix,
        object ->
            each.accept(
                put.contains(object.key())
                    ? new ObjectInfo(object.key(), object.size(), object.modified().plus(later))
                    : object));
  }

  @Override
  public List<String> folders(String prefix) {
    return store.folders(prefix);
  }

  @Override
  public void delete(String key) {
    store.delete(key);
  }

  /** Leaves the store open. */
  @Override
  public void close() {}
}
