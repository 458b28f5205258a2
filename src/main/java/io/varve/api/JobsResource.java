package io.varve.api;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.varve.job.JobKind;
import io.varve.repository.Json;
import io.varve.repository.SourceRepository;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What is done for a source: begun here, and looked at. */
@Singleton
@Path(Resource.BASE + "/sources/{source}")
@RolesAllowed(Roles.READ)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobsResource extends Resource {

  private static final Duration BETWEEN_EVENTS = Duration.ofSeconds(1);

  public JobsResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Path("jobs")
  @Operation(summary = "The jobs, newest first")
  public Response list(
      @PathParam("source") String name,
      @QueryParam("after") @Nullable String after,
      @QueryParam("limit") @Nullable Integer limit) {
    SourceRepository source = source(name);
    List<String> newestFirst = source.requestNames().reversed();
    return json(Page.of(newestFirst, id -> id, after, limit).map(id -> job(name, id)));
  }

  @GET
  @Path("jobs/{job}")
  @Operation(summary = "A job: how far it is, and its report once it is done")
  public Response one(@PathParam("source") String name, @PathParam("job") String id) {
    source(name);
    return json(job(name, id));
  }

  @GET
  @Path("jobs/{job}/events")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(summary = "A job as it goes on: an event each second, until it has ended")
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

  @DELETE
  @Path("jobs/{job}")
  @RolesAllowed({Roles.BACKUP, Roles.RESTORE})
  @Operation(summary = "Cancel a job; what it has done stays")
  public Response cancel(@PathParam("source") String name, @PathParam("job") String id) {
    source(name);
    job(name, id);
    desk.cancel(name, id);
    return Response.accepted(Json.write(job(name, id)))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .build();
  }

  @POST
  @Path("restores")
  @RolesAllowed(Roles.RESTORE)
  @Operation(summary = "Begin a restore, or plan one with dryRun")
  public Response restore(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.RESTORE, body, key);
  }

  @POST
  @Path("syncs")
  @RolesAllowed(Roles.RESTORE)
  @Operation(summary = "Back up what has changed, and have a standby follow")
  public Response sync(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.SYNC, body, key);
  }

  @POST
  @Path("verifications")
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin to verify backups")
  public Response verify(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.VERIFY, body, key);
  }

  @POST
  @Path("prunes")
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin to take old backups away, or see which with dryRun")
  public Response prune(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.PRUNE, body, key);
  }
}
