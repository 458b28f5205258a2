package io.varve.api;

import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Sources, targets, and how they are. */
@Singleton
@Path(Resource.BASE)
@RolesAllowed(Roles.READ)
@Tag(name = "Sources and targets")
public class SourcesResource extends Resource {

  public SourcesResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Path("sources")
  @Operation(summary = "The sources, each with its newest backup and what begins next")
  @APIResponse(responseCode = "200", ref = "Sources")
  public Response sources() {
    TreeSet<String> names = new TreeSet<>(desk.configuration().sources().keySet());
    names.addAll(desk.repository().sources());
    return json(Map.of("sources", names.stream().map(name -> SourceView.of(desk, name)).toList()));
  }

  @GET
  @Path("targets")
  @Operation(summary = "The targets that restores may go into")
  @APIResponse(responseCode = "200", ref = "Targets")
  public Response targets() {
    return json(
        Map.of(
            "targets",
            desk.configuration().targets().entrySet().stream()
                .map(target -> new TargetView(target.getKey(), target.getValue().overwrite()))
                .sorted(Comparator.comparing(TargetView::name))
                .toList()));
  }
}
