package io.varve.testing;

import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoredObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A real store with something before each creation and each read, such as a failure. */
public final class WrappedStore implements ObjectStore {

  private final ObjectStore store;
  private final Consumer<String> before;
  private final UnaryOperator<ObjectInfo> listed;

  /**
   * @param before gets the object's key, and may throw
   */
  public WrappedStore(ObjectStore store, Consumer<String> before) {
    this(store, before, UnaryOperator.identity());
  }

  /**
   * As above.
   *
   * @param listed makes of what is listed what it seems to be, such as of another time
   */
  public WrappedStore(
      ObjectStore store, Consumer<String> before, UnaryOperator<ObjectInfo> listed) {
    this.store = store;
    this.before = before;
    this.listed = listed;
  }

  @Override
  public String location() {
    return store.location();
  }

  @Override
  public PutOutcome create(String key, Content content) {
    before.accept(key);
    return store.create(key, content);
  }

  @Override
  public PutOutcome replace(String key, Content content, String version) {
    return store.replace(key, content, version);
  }

  @Override
  public Optional<StoredObject> get(String key) {
    before.accept(key);
    return store.get(key);
  }

  @Override
  public void list(String prefix, Consumer<ObjectInfo> each) {
    store.list(prefix, object -> each.accept(listed.apply(object)));
  }

  @Override
  public List<String> folders(String prefix) {
    return store.folders(prefix);
  }

  @Override
  public void delete(String key) {
    store.delete(key);
  }

  @Override
  public void close() {
    store.close();
  }
}
