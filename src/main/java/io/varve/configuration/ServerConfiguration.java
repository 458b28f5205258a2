package io.varve.configuration;

import java.util.List;
import java.util.Optional;

/**
 * What the server has of its own.
 *
 * @param jobs that it works on at the same time
 * @param tokens who may use its API
 * @param oidc whose tokens are taken besides
 * @param iam what may do who signs requests with credentials of AWS, behind API Gateway
 * @param webhooks who is told of jobs that have ended
 */
public record ServerConfiguration(
    int jobs,
    List<ApiToken> tokens,
    Optional<OidcConfiguration> oidc,
    IamRoles iam,
    List<Webhook> webhooks) {

  static final int DEFAULT_JOBS = 2;

  static final ServerConfiguration DEFAULT =
      new ServerConfiguration(DEFAULT_JOBS, List.of(), Optional.empty(), IamRoles.NONE, List.of());

  public ServerConfiguration {
    tokens = List.copyOf(tokens);
    webhooks = List.copyOf(webhooks);
  }
}
