package io.varve.api;

import io.quarkus.security.ForbiddenException;
import io.varve.VarveException;
import io.varve.repository.Json;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every failure is answered as a problem, and none shows what it must not. */
public final class ProblemMappers {

  private static final int RETRY_SECONDS = 10;
  private static final Logger LOG = Logger.getLogger("io.varve.api");

  @ServerExceptionMapper
  public Response problem(ProblemException e) {
    return response(e.problem());
  }

  @ServerExceptionMapper
  public Response failure(VarveException e) {
    return response(Problem.of(e));
  }

  @ServerExceptionMapper
  public Response forbidden(ForbiddenException e) {
    return response(
        Problem.of("forbidden", "Forbidden", 403, "None of the token's roles may do this."));
  }

  @ServerExceptionMapper
  public Response http(WebApplicationException e) {
    Response.StatusType status = e.getResponse().getStatusInfo();
    return response(
        Problem.of(
            "http", status.getReasonPhrase(), status.getStatusCode(), status.getReasonPhrase()));
  }

  @ServerExceptionMapper
  public Response defect(RuntimeException e) {
    LOG.error("A defect in Varve. Please report it.", e);
    return response(
        Problem.of(
            "defect", "A defect in Varve", 500, "Something in Varve is wrong: its log says what."));
  }

  private static Response response(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(Json.write(problem));
    if (problem.status() == 503) {
      response.header("Retry-After", RETRY_SECONDS);
    }
    return response.build();
  }
}
