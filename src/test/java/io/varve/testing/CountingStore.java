package io.varve.testing;

import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoredObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A real store whose caller is killed after some calls that change something. */
public final class CountingStore implements ObjectStore {

  /** Nothing catches it, and no later call goes through: as if the process were gone. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed by the test");
    }
  }

  private final ObjectStore store;
  private final AtomicInteger left;

  public CountingStore(ObjectStore store, int calls) {
    this.store = store;
    this.left = new AtomicInteger(calls);
  }

  private void change(String key) {
    if (!key.equals("varve.json") && left.decrementAndGet() < 0) {
      throw new Killed();
    }
  }

  @Override
  public String location() {
    return store.location();
  }

  @Override
  public PutOutcome create(String key, Content content) {
    change(key);
    return store.create(key, content);
  }

  @Override
  public PutOutcome replace(String key, Content content, String version) {
    change(key);
    return store.replace(key, content, version);
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return store.get(key);
  }

  @Override
  public void list(String prefix, Consumer<ObjectInfo> each) {
    store.list(prefix, each);
  }

  @Override
  public List<String> folders(String prefix) {
    return store.folders(prefix);
  }

  @Override
  public void delete(String key) {
    change(key);
    store.delete(key);
  }

  @Override
  public void close() {
    store.close();
  }
}
