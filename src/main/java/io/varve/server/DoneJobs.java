package io.varve.server;

import io.varve.repository.RequestEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Remembers some hundreds of jobs that are done, for these never change. Thread-safe. */
final class DoneJobs {

  private static final int MOST = 500;

  private final Map<String, RequestEntry> newest =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RequestEntry> eldest) {
          return size() > MOST;
        }
      };

  /**
   * A job.
   *
   * @param read asks the store, where it is not remembered
   */
  Optional<RequestEntry> find(String name, Supplier<Optional<RequestEntry>> read) {
    synchronized (newest) {
      RequestEntry known = newest.get(name);
      if (known != null) {
        return Optional.of(known);
      }
    }
    Optional<RequestEntry> entry = read.get();
    entry
        .filter(each -> each.state().equals(RequestEntry.DONE))
        .ifPresent(
            done -> {
              synchronized (newest) {
                newest.put(name, done);
              }
            });
    return entry;
  }
}
