package io.varve.configuration;

import io.varve.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The document before it is understood.
 *
 * @param origin where it is from, for messages
 */
record ConfigurationText(String origin, String json) {

  private static final String VARIABLE = "VARVE_CONFIG";
  private static final String SSM = "ssm:";
  private static final String SECRETS_MANAGER = "secretsmanager:";

  static ConfigurationText of(Map<String, String> environment, AwsEnvironment aws) {
    String value = environment.getOrDefault(VARIABLE, "").strip();
    if (value.isEmpty()) {
      throw new InvalidRequestException(
          "find",
          "the configuration",
          VARIABLE + " is not set",
          "Set it to the document itself ({...}), ssm:NAME, secretsmanager:NAME, or the path of a"
              + " file.");
    }
    if (value.startsWith("{")) {
      return new ConfigurationText(VARIABLE, value);
    }
    if (value.startsWith(SSM)) {
      return new ConfigurationText(
          value, new ParameterStore(aws).value(value.substring(SSM.length())));
    }
    if (value.startsWith(SECRETS_MANAGER)) {
      String secret = value.substring(SECRETS_MANAGER.length());
      return new ConfigurationText(
          value, new SecretsManager(aws).value("read the configuration in", secret));
    }
    return ofFile(value);
  }

  private static ConfigurationText ofFile(String path) {
    try {
      return new ConfigurationText(path, Files.readString(Path.of(path)));
    } catch (IOException | InvalidPathException unreadable) {
      throw new InvalidRequestException(
          "read the configuration file",
          path,
          "it cannot be read",
          "Check the path in " + VARIABLE + " and the file's permissions.",
          unreadable);
    }
  }

  /** The document may hold what is meant to stay inside. */
  @Override
  public String toString() {
    return "ConfigurationText[" + origin + "]";
  }
}
