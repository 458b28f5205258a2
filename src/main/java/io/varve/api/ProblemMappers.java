package io.varve.api;

import io.varve.VarveException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every failure is answered as a problem, and none shows what it must not. */
public final class ProblemMappers {

  private static final Logger LOG = Logger.getLogger("io.varve.api");

  @ServerExceptionMapper
  public Response problem(ProblemException e) {
    return e.problem().response();
  }

  @ServerExceptionMapper
  public Response failure(VarveException e) {
    return Problem.of(e).response();
  }

  @ServerExceptionMapper
  public Response http(WebApplicationException e) {
    Response.StatusType status = e.getResponse().getStatusInfo();
    return Problem.of(
            "http", status.getReasonPhrase(), status.getStatusCode(), status.getReasonPhrase())
        .response();
  }

  @ServerExceptionMapper
  public Response defect(RuntimeException e) {
    LOG.error("A defect in Varve. Please report it.", e);
    return Problem.of(
            "defect", "A defect in Varve", 500, "Something in Varve is wrong: its log says what.")
        .response();
  }
}
