package io.varve.api;

import io.varve.repository.RequestEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.status.SourceStatus.HowFar;
import io.varve.status.StatusReader;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How the sources are, as {@code varve status} shows it. */
@Singleton
@Path(Resource.BASE)
@RolesAllowed(Roles.READ)
@Tag(name = "Sources and targets")
public class StatusResource extends Resource {

  public StatusResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Path("status")
  @Operation(summary = "How each source is: newest backup, last and running jobs, next runs")
  @APIResponse(responseCode = "200", ref = "Status")
  public Response status() {
    TreeSet<String> names = new TreeSet<>(desk.configuration().sources().keySet());
    names.addAll(desk.repository().sources());
    return json(
        new StatusReader(
                desk.configuration().sources(), desk.repository(), known(), Clock.systemUTC())
            .read(names));
  }

  private StatusReader.Known known() {
    return new StatusReader.Known() {
      @Override
      public Optional<Summary> newest(SourceRepository source) {
        List<Summary> backups = desk.backups(source.name());
        return backups.isEmpty() ? Optional.empty() : Optional.of(backups.getLast());
      }

      @Override
      public OptionalInt backups(SourceRepository source) {
        return OptionalInt.of(desk.backups(source.name()).size());
      }

      @Override
      public Optional<Instant> verifiedRestore(String source) {
        return desk.verifiedRestore(source);
      }

      @Override
      public Optional<RequestEntry> requested(SourceRepository source, String job) {
        return desk.job(source.name(), job);
      }

      @Override
      public Optional<HowFar> howFar(String source, String job) {
        return desk.activity(source, job)
            .map(now -> new HowFar(now.phase(), now.rows(), now.bytes(), now.expectedBytes()));
      }
    };
  }
}
