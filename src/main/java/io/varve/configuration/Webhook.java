package io.varve.configuration;

import io.varve.mysql.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Who is told of jobs that have ended.
 *
 * @param name of whoever it is, for logs
 * @param secret by which messages are signed; empty if its variable is not there
 * @param variable that holds the secret
 * @param on what it is told of
 */
public record Webhook(
    String name, URI url, String variable, Optional<Secret> secret, Set<Outcome> on) {

  /** How a job ends. */
  public enum Outcome {
    SUCCESS,
    FAILURE
  }

  public Webhook {
    on = Set.copyOf(on);
  }
}
