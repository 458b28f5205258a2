package io.varve.function;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Ends the process when the framework stops polling, as it does where the runtime API is away. */
@Singleton
final class EndOfPolling {

  void ended(@Observes ShutdownEvent event) {
    Quarkus.asyncExit();
  }
}
