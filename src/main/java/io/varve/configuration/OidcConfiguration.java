package io.varve.configuration;

import java.net.URI;
import java.util.Map;
import java.util.Set;

/**
 * Whose tokens the API takes besides those of the document: of an issuer of OpenID Connect.
 *
 * @param issuer as its tokens name it; its keys are found below it
 * @param audience that a token has to be meant for
 * @param rolesClaim what of a token says who its holder is: a name, or several with dots between
 * @param roles what may do whoever has this value of the claim
 */
public record OidcConfiguration(
    URI issuer, String audience, String rolesClaim, Map<String, Set<ApiRole>> roles) {

  public OidcConfiguration {
    roles = Map.copyOf(roles);
  }
}
