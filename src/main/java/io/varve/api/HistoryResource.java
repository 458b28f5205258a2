package io.varve.api;

import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What was backed up of a source, and when. */
@Singleton
@Path(Resource.BASE + "/sources/{source}/history")
@RolesAllowed(Roles.READ)
@Tag(name = "Backups")
public class HistoryResource extends Resource {

  private final Histories histories;

  public HistoryResource(JobDesk desk, JobCatalog jobs) {
    super(desk);
    this.histories = new Histories(desk, jobs, Clock.systemUTC());
  }

  @GET
  @Operation(summary = "All backups in columns, and what was deleted, failed and missed")
  @APIResponse(responseCode = "200", ref = "History")
  @APIResponse(responseCode = "304", ref = "NotModified")
  public Response history(@PathParam("source") String name, @Context Request conditions) {
    Histories.Known known = histories.of(source(name));
    return unlessKnown(conditions, known.tag(), () -> line(known.history()));
  }
}
