package io.varve.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.varve.CommitStateUnknownException;
import io.varve.ContinueException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not done, as RFC 9457 has it.
 *
 * @param type names the kind of problem: {@code urn:varve:problem:} and a word
 * @param status of HTTP
 * @param hint what to do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, @Nullable String hint) {

  public static final String MEDIA_TYPE = "application/problem+json";

  /** Of whoever shows no token that is known. */
  public static final Problem UNAUTHORIZED =
      of(
          "unauthorized",
          "Unauthorized",
          401,
          "This needs a token that is known: Authorization: Bearer TOKEN.");

  static Problem of(VarveException failure) {
    return switch (failure) {
      case InvalidRequestException e -> of("invalid-request", "Something has to change", 422, e);
      case RetryLaterException e -> of("retry-later", "Try again later", 503, e);
      case ContinueException e -> of("retry-later", "Try again later", 503, e);
      case DamageFoundException e -> of("damage-found", "The repository is damaged", 500, e);
      case CommitStateUnknownException e -> of("state-unknown", "Not known how it ended", 500, e);
    };
  }

  private static Problem of(String type, String title, int status, VarveException failure) {
    return new Problem(
        "urn:varve:problem:" + type,
        title,
        status,
        "Cannot " + failure.doing() + " " + failure.subject() + ": " + failure.reason() + ".",
        failure.hint());
  }

  static Problem of(String type, String title, int status, String detail) {
    return new Problem("urn:varve:problem:" + type, title, status, detail, null);
  }

  static Problem notFound(String what) {
    return of("not-found", "Not found", 404, what);
  }

  /** Ends a request with this problem. */
  ProblemException exception() {
    return new ProblemException(this);
  }
}
