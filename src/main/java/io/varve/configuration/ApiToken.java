package io.varve.configuration;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A bearer token of the API. The document holds its hash alone.
 *
 * @param name of whoever has it, for logs
 * @param sha256 of the token, in lower-case hexadecimal
 * @param expires from when on it is none
 */
public record ApiToken(String name, String sha256, Set<ApiRole> roles, Optional<Instant> expires) {

  public ApiToken {
    roles = Set.copyOf(roles);
  }
}
