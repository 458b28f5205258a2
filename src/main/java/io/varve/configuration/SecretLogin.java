package io.varve.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.varve.InvalidRequestException;
import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A login in Secrets Manager: the JSON that RDS and its rotation write ({@code username}, {@code
 * password} and what does not matter here), or the password alone where the user is told otherwise.
 *
 * @param user counts more than the secret's {@code username}
 */
record SecretLogin(SecretsManager manager, String secret, Optional<String> user) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String DOING = "take a login from";

  Login read() {
    String value = manager.value(DOING, secret);
    @Nullable JsonNode json = object(value);
    if (json == null) {
      return new Login(
          user.orElseThrow(
              () ->
                  wrong(
                      "it is no JSON of the form {\"username\": ..., \"password\": ...}, and"
                          + " no user is told")),
          Secret.of(value));
    }
    String password =
        text(json, "password").orElseThrow(() -> wrong("its JSON has no text \"password\""));
    String name =
        user.or(() -> text(json, "username"))
            .orElseThrow(() -> wrong("its JSON has no text \"username\", and no user is told"));
    return new Login(name, Secret.of(password));
  }

  private static Optional<String> text(JsonNode json, String field) {
    return Optional.ofNullable(json.get(field))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(text -> !text.isEmpty());
  }

  /** What the parser has to say would repeat the secret. */
  private static @Nullable JsonNode object(String value) {
    try {
      JsonNode json = MAPPER.readTree(value);
      return json.isObject() ? json : null;
    } catch (JsonProcessingException plain) {
      return null;
    }
  }

  private InvalidRequestException wrong(String reason) {
    return new InvalidRequestException(
        DOING,
        "the secret " + secret,
        reason,
        "Put the login there as RDS does, or the password alone, and name the user beside the"
            + " secret.");
  }
}
