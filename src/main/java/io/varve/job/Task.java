package io.varve.job;

import io.varve.configuration.Configuration;
import io.varve.repository.Repository;
import io.varve.repository.Request;
import io.varve.store.ObjectStore;
import java.util.Optional;

/** What an event asks for. Read whole, and found to be possible in itself, before it is begun. */
public interface Task {

  /** Whose backups it is about. */
  String source();

  /** The job that it is, where the event does not say; empty: each call is one of its own. */
  default Optional<String> job() {
    return Optional.empty();
  }

  /**
   * Looks whether the configuration has what it names, and allows what it asks for. What needs no
   * server may be about a source that has backups only.
   *
   * @throws io.varve.InvalidRequestException if not
   */
  default void requireConfigured(Configuration configuration) {}

  /** Opens the repository. */
  default Repository open(ObjectStore store) {
    return Repository.open(store);
  }

  /**
   * Does it, or goes on with it: a call before this one may have ended anywhere.
   *
   * @return what the answer says, a record
   * @throws io.varve.ContinueException if the time is up before it is done
   */
  Object run(Call call);

  /** Clears what a call has left that died after it had noted its answer. */
  default void clear(Call call, Request.LeftLedger left) {}
}
