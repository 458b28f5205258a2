package io.varve.api;

import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.repository.ScheduleEntry;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What begins by itself. */
@Singleton
@Path(Resource.BASE)
@RolesAllowed(Roles.READ)
@Tag(name = "Schedules")
public class SchedulesResource extends Resource {

  public SchedulesResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Path("schedules")
  @Operation(summary = "What begins by itself, and when next")
  @APIResponse(responseCode = "200", ref = "Schedules")
  public Response list() {
    List<ScheduleView> schedules = new ArrayList<>();
    new TreeMap<>(desk.configuration().sources())
        .forEach(
            (name, source) ->
                new TreeMap<>(source.schedules())
                    .forEach((kind, schedule) -> schedules.add(view(name, kind, schedule))));
    return json(Map.of("schedules", schedules));
  }

  private ScheduleView view(String name, ScheduledKind kind, ScheduleConfiguration schedule) {
    boolean paused =
        desk.repository()
            .source(name)
            .schedule(kind.word())
            .map(ScheduleEntry::paused)
            .orElse(false);
    return ScheduleView.of(desk, name, kind, schedule, paused);
  }
}
