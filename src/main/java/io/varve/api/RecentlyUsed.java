package io.varve.api;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Remembers what was used last, as far as it weighs no more than it may in all; what was kept last
 * stays, however heavy it is. Thread-safe.
 */
public final class RecentlyUsed<K, V> {

  private final long most;
  private final ToLongFunction<V> weight;
  private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private long held;

  /**
   * @param most weight of all
   */
  RecentlyUsed(long most, ToLongFunction<V> weight) {
    this.most = most;
    this.weight = weight;
  }

  /** One that remembers so many, whatever they are. */
  public static <K, V> RecentlyUsed<K, V> ofNumber(int most) {
    return new RecentlyUsed<>(most, value -> 1);
  }

  public synchronized Optional<V> find(K key) {
    return Optional.ofNullable(values.get(key));
  }

  public synchronized void keep(K key, V value) {
    V before = values.put(key, value);
    held += weight.applyAsLong(value) - (before == null ? 0 : weight.applyAsLong(before));
    Iterator<V> eldest = values.values().iterator();
    while (held > most && values.size() > 1) {
      held -= weight.applyAsLong(eldest.next());
      eldest.remove();
    }
  }
}
