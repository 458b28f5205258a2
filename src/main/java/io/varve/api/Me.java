package io.varve.api;

import java.util.List;

/**
 * Who asks.
 *
 * @param name of the token, or whose it is to its issuer
 * @param roles what may be done with it
 * @param version of the program that answers
 */
record Me(String name, List<String> roles, String version) {

  Me {
    roles = List.copyOf(roles);
  }
}
