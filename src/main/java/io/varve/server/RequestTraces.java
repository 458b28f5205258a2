package io.varve.server;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Traces requests of the API, where traces are asked for. */
@Singleton
public class RequestTraces {

  private static final int BEFORE_ALL = 1_000;

  private final Server server;
  private final Clock clock = Clock.systemUTC();

  public RequestTraces(Server server) {
    this.server = server;
  }

  void watch(@Observes Filters filters) {
    filters.register(this::handle, BEFORE_ALL);
  }

  private void handle(RoutingContext context) {
    Optional<Traces> traces = server.traces();
    if (traces.isPresent() && context.normalizedPath().startsWith("/api/")) {
      Instant begun = clock.instant();
      String parent = Optional.ofNullable(context.request().getHeader("traceparent")).orElse("");
      context.addEndHandler(
          end ->
              traces
                  .get()
                  .request(
                      context.request().method().name(),
                      context.normalizedPath(),
                      context.response().getStatusCode(),
                      parent,
                      begun,
                      clock.instant()));
    }
    context.next();
  }
}
