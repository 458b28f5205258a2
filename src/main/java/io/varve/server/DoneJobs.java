package io.varve.server;

import io.varve.api.RecentlyUsed;
import io.varve.repository.RequestEntry;
import java.util.Optional;
import java.util.function.Supplier;

/** Remembers some hundreds of jobs that are done, for these never change. Thread-safe. */
final class DoneJobs {

  private final RecentlyUsed<String, RequestEntry> recent = RecentlyUsed.ofNumber(500);

  /**
   * A job.
   *
   * @param read asks the store, where it is not remembered
   */
  Optional<RequestEntry> find(String name, Supplier<Optional<RequestEntry>> read) {
    Optional<RequestEntry> known = recent.find(name);
    if (known.isPresent()) {
      return known;
    }
    Optional<RequestEntry> entry = read.get();
    entry
        .filter(each -> each.state().equals(RequestEntry.DONE))
        .ifPresent(done -> recent.keep(name, done));
    return entry;
  }
}
