package io.varve.api;

import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request whose sender has one answer, or none.
 *
 * @param has the tag of that answer
 */
record Conditions(@Nullable EntityTag has) implements Request {

  static final Conditions NONE = new Conditions(null);

  @Override
  public String getMethod() {
    return "GET";
  }

  @Override
  public Variant selectVariant(List<Variant> variants) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Response.@Nullable ResponseBuilder evaluatePreconditions(EntityTag tag) {
    return tag.equals(has) ? Response.notModified() : null;
  }

  @Override
  public Response.ResponseBuilder evaluatePreconditions(Date modified) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Response.ResponseBuilder evaluatePreconditions(Date modified, EntityTag tag) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Response.ResponseBuilder evaluatePreconditions() {
    throw new UnsupportedOperationException();
  }
}
