package io.varve.configuration;

import io.varve.InvalidRequestException;
import io.varve.mysql.Credentials;
import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import java.util.Optional;

/**
 * A password of the environment, which does not change while the process lives. That it is missing
 * is said when it is asked for: of the servers in a document a function may serve but one.
 */
record VariableCredentials(String user, String variable, Optional<Secret> password)
    implements Credentials {

  @Override
  public Login login() {
    return new Login(
        user,
        password.orElseThrow(
            () ->
                new InvalidRequestException(
                    "log in as",
                    user,
                    "the environment variable " + variable + " is not set",
                    "It has to hold the password.")));
  }

  @Override
  public Optional<Login> loginAfterRefusalOf(Login refused) {
    return Optional.empty();
  }
}
