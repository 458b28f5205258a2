package io.varve.api;

import io.varve.job.JobKind;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.repository.TableEntry;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The backups of a source. */
@Singleton
@Path(Resource.BASE + "/sources/{source}/backups")
@RolesAllowed(Roles.READ)
@Tag(name = "Backups")
public class BackupsResource extends Resource {

  private final RecentManifests manifests = new RecentManifests();

  public BackupsResource(JobDesk desk) {
    super(desk);
  }

  @GET
  @Operation(summary = "The backups, newest first")
  @APIResponse(responseCode = "200", ref = "Backups")
  public Response list(
      @PathParam("source") String name,
      @QueryParam("after") @Nullable String after,
      @QueryParam("limit") @Nullable String limit) {
    source(name);
    List<Summary> newestFirst = desk.backups(name).reversed();
    return json(Page.of(newestFirst, backup -> backup.id().value(), after, limit));
  }

  @GET
  @Path("{backup}")
  @Operation(summary = "A backup: its summary")
  @APIResponse(responseCode = "200", ref = "Backup")
  @APIResponse(responseCode = "304", ref = "NotModified")
  public Response one(
      @PathParam("source") String name,
      @PathParam("backup") String id,
      @Context Request conditions) {
    Summary summary = summary(source(name), id);
    return unlessKnown(conditions, summary.manifestSha256(), () -> json(summary));
  }

  @GET
  @Path("{backup}/tables")
  @Operation(summary = "The tables of a backup")
  @APIResponse(responseCode = "200", ref = "Tables")
  @APIResponse(responseCode = "304", ref = "NotModified")
  public Response tables(
      @PathParam("source") String name,
      @PathParam("backup") String id,
      @QueryParam("after") @Nullable String after,
      @QueryParam("limit") @Nullable String limit,
      @QueryParam("search") @Nullable String search,
      @Context Request conditions) {
    SourceRepository source = source(name);
    Summary summary = summary(source, id);
    return unlessKnown(
        conditions,
        summary.manifestSha256(),
        () ->
            json(
                Page.of(
                        tables(manifests.of(source, summary), search),
                        table -> table.definition().name().toString(),
                        after,
                        limit)
                    .map(TableView::of)));
  }

  private static List<TableEntry> tables(Manifest manifest, @Nullable String search) {
    if (search == null || search.isEmpty()) {
      return manifest.tables();
    }
    String part = search.toLowerCase(Locale.ROOT);
    return manifest.tables().stream()
        .filter(
            table -> table.definition().name().toString().toLowerCase(Locale.ROOT).contains(part))
        .toList();
  }

  @GET
  @Path("{backup}/tables/{schema}/{table}")
  @Operation(summary = "A table of a backup: its statement, its key and its parts")
  @APIResponse(responseCode = "200", ref = "Table")
  @APIResponse(responseCode = "304", ref = "NotModified")
  public Response table(
      @PathParam("source") String name,
      @PathParam("backup") String id,
      @PathParam("schema") String schema,
      @PathParam("table") String table,
      @Context Request conditions) {
    SourceRepository source = source(name);
    Summary summary = summary(source, id);
    TableEntry found =
        manifests.of(source, summary).tables().stream()
            .filter(each -> each.definition().name().equals(new TableName(schema, table)))
            .findFirst()
            .orElseThrow(
                () -> Problem.notFound("There is no such table in the backup.").exception());
    return unlessKnown(
        conditions, summary.manifestSha256(), () -> json(TableDetails.of(found, source)));
  }

  @GET
  @Path("{backup}/details")
  @Operation(summary = "A backup: its summary, consistency, position and objects")
  @APIResponse(responseCode = "200", ref = "Details")
  @APIResponse(responseCode = "304", ref = "NotModified")
  public Response details(
      @PathParam("source") String name,
      @PathParam("backup") String id,
      @Context Request conditions) {
    SourceRepository source = source(name);
    Summary summary = summary(source, id);
    int children =
        (int)
            desk.backups(name).stream()
                .filter(backup -> summary.id().equals(backup.parent()))
                .count();
    return unlessKnown(
        conditions,
        summary.manifestSha256() + "-" + children,
        () ->
            json(
                BackupDetails.of(
                    summary,
                    manifests.of(source, summary),
                    desk.repository().location(),
                    children)));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Roles.BACKUP)
  @Operation(summary = "Begin a backup")
  @RequestBody(ref = "Backup")
  @APIResponse(responseCode = "202", ref = "Begun")
  public Response begin(
      @PathParam("source") String name,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      byte @Nullable [] body) {
    return begin(name, JobKind.BACKUP, body, key);
  }

  private Summary summary(SourceRepository source, String text) {
    BackupId id = backupId(text);
    return desk.backup(source.name(), id)
        .orElseThrow(() -> Problem.notFound("There is no backup of that id.").exception());
  }
}
