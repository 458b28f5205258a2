package io.varve.api;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.varve.repository.Json;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * A job as it goes on. Of the server alone: behind API Gateway an answer is sent as one, within 30
 * seconds.
 */
@Singleton
@Path(Resource.BASE + "/sources/{source}/jobs/{job}/events")
@RolesAllowed(Roles.READ)
@Tag(name = "Jobs of a source")
public class JobEventsResource extends Resource {

  private static final Duration BETWEEN_EVENTS = Duration.ofSeconds(1);

  public JobEventsResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(summary = "A job as it goes on: an event each second, until it has ended")
  @APIResponse(responseCode = "200", ref = "Events")
  public Multi<String> events(@PathParam("source") String name, @PathParam("job") String id) {
    source(name);
    job(name, id);
    return Multi.createBy()
        .repeating()
        .uni(
            () ->
                Uni.createFrom()
                    .item(() -> job(name, id))
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool()))
        .withDelay(BETWEEN_EVENTS)
        .whilst(JobView::isOpen)
        .map(Json::line);
  }
}
