package io.varve.api;

import io.varve.configuration.ScheduledKind;
import io.varve.repository.Summary;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Sources, targets, and how they are. */
@Singleton
@Path(Resource.BASE)
@RolesAllowed(Roles.READ)
@Tag(name = "Sources and targets")
public class SourcesResource extends Resource {

  public SourcesResource(JobDesk desk) {
    super(desk);
  }

  /**
   * A source.
   *
   * @param configured whether it can be backed up here, or has backups only
   * @param latest its newest backup; null where it has none
   * @param ageSeconds since the snapshot of that one
   * @param next begins, by kind of schedule
   */
  record SourceView(
      String name,
      boolean configured,
      int backups,
      @Nullable Summary latest,
      @Nullable Long ageSeconds,
      Map<String, Instant> next) {}

  record Sources(List<SourceView> sources) {}

  /**
   * A target.
   *
   * @param overwrite whether a restore may replace tables that stand there
   */
  record TargetView(String name, boolean overwrite) {}

  record Targets(List<TargetView> targets) {}

  @GET
  @Path("sources")
  @Operation(summary = "The sources, each with its newest backup and what begins next")
  public Response sources() {
    TreeSet<String> names = new TreeSet<>(desk.configuration().sources().keySet());
    names.addAll(desk.repository().sources());
    return json(new Sources(names.stream().map(this::view).toList()));
  }

  @GET
  @Path("sources/{source}")
  @Operation(summary = "A source, with its newest backup and what begins next")
  public Response one(@PathParam("source") String name) {
    source(name);
    return json(view(name));
  }

  @GET
  @Path("targets")
  @Operation(summary = "The targets that restores may go into")
  public Response targets() {
    return json(
        new Targets(
            desk.configuration().targets().entrySet().stream()
                .map(target -> new TargetView(target.getKey(), target.getValue().overwrite()))
                .sorted(Comparator.comparing(TargetView::name))
                .toList()));
  }

  private SourceView view(String name) {
    List<Summary> backups = desk.backups(name);
    Summary latest = backups.isEmpty() ? null : backups.getLast();
    Map<String, Instant> next = new TreeMap<>();
    for (ScheduledKind kind : ScheduledKind.values()) {
      desk.next(name, kind).ifPresent(begin -> next.put(kind.word(), begin));
    }
    return new SourceView(
        name,
        desk.configuration().sources().containsKey(name),
        backups.size(),
        latest,
        latest == null
            ? null
            : Instant.now().getEpochSecond() - latest.snapshotTime().getEpochSecond(),
        next);
  }
}
