package io.varve.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.security.ForbiddenException;
import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.configuration.SourceConfiguration;
import io.varve.job.JobKind;
import io.varve.job.Order;
import io.varve.repository.JobLog;
import io.varve.repository.Json;
import io.varve.repository.ScheduleEntry;
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
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** A source: what is done for it, begun here and looked at, and its schedules. */
@Singleton
@Path(Resource.BASE + "/sources/{source}")
@RolesAllowed(Roles.READ)
@Tag(name = "Jobs of a source")
public class SourceResource extends Resource {

  private final JobCatalog jobs;

  public SourceResource(JobDesk desk, JobCatalog jobs) {
    super(desk);
    this.jobs = jobs;
  }

  @GET
  @Operation(summary = "A source, with its newest backup and what begins next")
  @APIResponse(responseCode = "200", ref = "Source")
  public Response one(@PathParam("source") String name) {
    source(name);
    return json(SourceView.of(desk, name));
  }

  @GET
  @Path("jobs")
  @Operation(summary = "The jobs, newest first")
  @APIResponse(responseCode = "200", ref = "Jobs")
  public Response list(
      @PathParam("source") String name,
      @QueryParam("after") @Nullable String after,
      @QueryParam("limit") @Nullable String limit) {
    SourceRepository source = source(name);
    return json(Page.of(jobs.newestFirst(source), id -> id, after, limit).map(id -> job(name, id)));
  }

  @GET
  @Path("jobs/{job}")
  @Operation(summary = "A job: how far it is, and its report once it is done")
  @APIResponse(responseCode = "200", ref = "Job")
  public Response oneJob(@PathParam("source") String name, @PathParam("job") String id) {
    source(name);
    return json(job(name, id));
  }

  @GET
  @Path("jobs/{job}/log")
  @Operation(summary = "What a job has told of itself, oldest first")
  @APIResponse(responseCode = "200", ref = "Log")
  public Response log(@PathParam("source") String name, @PathParam("job") String id) {
    source(name);
    JobView job = job(name, id);
    List<JobLog.Line> lines = desk.log(name, id);
    return json(Map.of("lines", lines.isEmpty() ? job.lines() : lines));
  }

  @DELETE
  @Path("jobs/{job}")
  @RolesAllowed({Roles.BACKUP, Roles.RESTORE})
  @Operation(summary = "Cancel a job; what it has done stays")
  @APIResponse(responseCode = "202", ref = "Job")
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
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Roles.RESTORE)
  @Operation(summary = "Begin a restore, or plan one with dryRun")
  @RequestBody(ref = "Restore")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response restore(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.RESTORE, body, key);
  }

  @POST
  @Path("drills")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Roles.RESTORE)
  @Operation(summary = "Restore a backup under names that nobody has, verify it, and drop it again")
  @RequestBody(ref = "Drill")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response drill(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.DRILL, body, key);
  }

  @POST
  @Path("syncs")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Roles.RESTORE)
  @Operation(summary = "Back up what has changed, and have a standby follow")
  @RequestBody(ref = "Sync")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response sync(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.SYNC, body, key);
  }

  @POST
  @Path("verifications")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin to verify backups")
  @RequestBody(ref = "Verify")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response verify(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.VERIFY, body, key);
  }

  @POST
  @Path("prunes")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin to take old backups away, or see which with dryRun")
  @RequestBody(ref = "Prune")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response prune(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    ObjectNode fields = fields(body);
    return fields.path("dryRun").asBoolean()
        ? begin(name, JobKind.PRUNE, body, key)
        : begin(name, JobKind.PRUNE, Json.write(configuredPrune(name, fields)), key);
  }

  /** What is taken away for good is the configuration's to say, and not that of whoever asks. */
  private ObjectNode configuredPrune(String name, ObjectNode asked) {
    SourceConfiguration source = desk.configuration().sources().get(name);
    ScheduleConfiguration prune =
        source == null ? null : source.schedules().get(ScheduledKind.PRUNE);
    if (prune == null || !asked.isEmpty()) {
      throw Problem.of(
              "invalid-request",
              "Something has to change",
              422,
              "What is to stay is said by sources."
                  + name
                  + ".schedules.prune.options of the configuration alone. Send {}, or a policy with"
                  + " dryRun to see what it would take away.")
          .exception();
    }
    return prune.options();
  }

  @POST
  @Path("schedules/{kind}/pause")
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin nothing by a schedule until it is resumed")
  @APIResponse(responseCode = "200", ref = "Schedule")
  public Response pause(@PathParam("source") String name, @PathParam("kind") String kind) {
    return change(name, kind, true);
  }

  @POST
  @Path("schedules/{kind}/resume")
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Go on with a schedule; what has passed is not made up for")
  @APIResponse(responseCode = "200", ref = "Schedule")
  public Response resume(@PathParam("source") String name, @PathParam("kind") String kind) {
    return change(name, kind, false);
  }

  @POST
  @Path("schedules/{kind}/run")
  @RolesAllowed({Roles.BACKUP, Roles.RESTORE})
  @Operation(summary = "Begin now what a schedule begins")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response run(
      @PathParam("source") String name,
      @PathParam("kind") String word,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Context SecurityContext user) {
    ScheduledKind kind = kind(word);
    ScheduleConfiguration schedule = schedule(name, kind);
    if (!user.isUserInRole(kind.restores() ? Roles.RESTORE : Roles.BACKUP)) {
      throw new ForbiddenException();
    }
    return begin(Order.scheduled(name, kind, schedule, name(kind.word(), name, key)));
  }

  private static ScheduledKind kind(String word) {
    return ScheduledKind.named(word)
        .orElseThrow(() -> Problem.notFound("There is no such kind.").exception());
  }

  private ScheduleConfiguration schedule(String name, ScheduledKind kind) {
    SourceConfiguration source = desk.configuration().sources().get(name);
    ScheduleConfiguration schedule = source == null ? null : source.schedules().get(kind);
    if (schedule == null) {
      throw Problem.notFound("There is no schedule of that source and kind.").exception();
    }
    return schedule;
  }

  private Response change(String name, String word, boolean paused) {
    ScheduledKind kind = kind(word);
    ScheduleConfiguration schedule = schedule(name, kind);
    ScheduleEntry entry = desk.pause(name, kind, paused);
    return json(ScheduleView.of(desk, name, kind, schedule, entry.paused()));
  }
}
