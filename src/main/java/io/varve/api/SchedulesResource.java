package io.varve.api;

import io.varve.configuration.ScheduleConfiguration;
import io.varve.configuration.ScheduledKind;
import io.varve.configuration.SourceConfiguration;
import io.varve.repository.ScheduleEntry;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What begins by itself. */
@Singleton
@Path(Resource.BASE)
@RolesAllowed(Roles.READ)
@Tag(name = "Schedules")
public class SchedulesResource extends Resource {

  public SchedulesResource(JobDesk desk) {
    super(desk);
  }

  /**
   * A schedule.
   *
   * @param next begin; null where it never comes, or is paused
   */
  record ScheduleView(
      String source,
      String kind,
      String cron,
      String timeZone,
      long jitterSeconds,
      boolean paused,
      @Nullable Instant next) {}

  record Schedules(List<ScheduleView> schedules) {}

  @GET
  @Path("schedules")
  @Operation(summary = "What begins by itself, and when next")
  public Response list() {
    List<ScheduleView> schedules = new ArrayList<>();
    new TreeMap<>(desk.configuration().sources())
        .forEach(
            (name, source) ->
                new TreeMap<>(source.schedules())
                    .forEach((kind, schedule) -> schedules.add(view(name, kind, schedule))));
    return json(new Schedules(schedules));
  }

  @POST
  @Path("sources/{source}/schedules/{kind}/pause")
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin nothing by a schedule until it is resumed")
  public Response pause(@PathParam("source") String name, @PathParam("kind") String kind) {
    return change(name, kind, true);
  }

  @POST
  @Path("sources/{source}/schedules/{kind}/resume")
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Go on with a schedule; what has passed is not made up for")
  public Response resume(@PathParam("source") String name, @PathParam("kind") String kind) {
    return change(name, kind, false);
  }

  private Response change(String name, String word, boolean paused) {
    ScheduledKind kind =
        ScheduledKind.named(word)
            .orElseThrow(() -> Problem.notFound("There is no such kind.").exception());
    SourceConfiguration source = desk.configuration().sources().get(name);
    ScheduleConfiguration schedule = source == null ? null : source.schedules().get(kind);
    if (schedule == null) {
      throw Problem.notFound("There is no schedule of that source and kind.").exception();
    }
    ScheduleEntry entry = desk.pause(name, kind, paused);
    return json(view(name, kind, schedule, entry.paused()));
  }

  private ScheduleView view(String name, ScheduledKind kind, ScheduleConfiguration schedule) {
    boolean paused =
        desk.repository()
            .source(name)
            .schedule(kind.word())
            .map(ScheduleEntry::paused)
            .orElse(false);
    return view(name, kind, schedule, paused);
  }

  private ScheduleView view(
      String name, ScheduledKind kind, ScheduleConfiguration schedule, boolean paused) {
    return new ScheduleView(
        name,
        kind.word(),
        schedule.timetable().expression(),
        schedule.timetable().zone().getId(),
        schedule.jitter().toSeconds(),
        paused,
        paused ? null : desk.next(name, kind).orElse(null));
  }
}
