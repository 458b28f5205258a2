package io.varve.api;

import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Which tables changed most. */
@Singleton
@Path(Resource.BASE + "/sources/{source}/changes")
@RolesAllowed(Roles.READ)
@Tag(name = "Backups")
public class ChangesResource extends Resource {

  static final int MOST_BACKUPS = 100;
  private static final int USUAL_BACKUPS = 30;

  private final TableChanges changes = new TableChanges();

  public ChangesResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Operation(summary = "The tables that changed most over the last backups, oldest first")
  @APIResponse(responseCode = "200", ref = "Changes")
  @APIResponse(responseCode = "304", ref = "NotModified")
  public Response changes(
      @PathParam("source") String name,
      @QueryParam("backups") @Nullable String number,
      @Context Request conditions) {
    SourceRepository source = source(name);
    int most = Page.number("backups", number, USUAL_BACKUPS, MOST_BACKUPS);
    List<Summary> all = desk.backups(name);
    List<Summary> last = all.subList(Math.max(0, all.size() - most), all.size());
    return unlessKnown(
        conditions,
        tag(last.stream().map(Summary::manifestSha256).toList()),
        () -> line(changes.of(source, last)));
  }
}
