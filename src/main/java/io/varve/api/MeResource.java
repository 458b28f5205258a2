package io.varve.api;

import io.quarkus.security.identity.SecurityIdentity;
import io.varve.Version;
import io.varve.configuration.ApiRole;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who asks, and what they may do. */
@Singleton
@Path(Resource.BASE + "/me")
@RolesAllowed(Roles.READ)
@Tag(name = "Sources and targets")
public class MeResource extends Resource {

  private final SecurityIdentity identity;

  public MeResource(JobDesk desk, SecurityIdentity identity) {
    super(desk);
    this.identity = identity;
  }

  @GET
  @Operation(summary = "Whose token this is, and what may be done with it")
  @APIResponse(responseCode = "200", ref = "Me")
  public Response me() {
    return json(
        new Me(
            identity.getPrincipal().getName(),
            Arrays.stream(ApiRole.values()).map(ApiRole::word).filter(identity::hasRole).toList(),
            Version.current()));
  }
}
