package io.varve.configuration;

import io.varve.InvalidRequestException;
import java.util.Map;
import java.util.TreeSet;

/**
 * What one JSON document says: the store, and by name the servers that are backed up and restored
 * into; and what is the server's own. Its form is docs/configuration.schema.json.
 *
 * <p>It holds no password: each is looked for where the document says it lies, when it is needed,
 * remembered for some minutes, and read again when a server refuses it. Thread-safe.
 */
public record Configuration(
    StoreConfiguration store,
    Map<String, SourceConfiguration> sources,
    Map<String, TargetConfiguration> targets,
    ServerConfiguration server) {

  public Configuration {
    sources = Map.copyOf(sources);
    targets = Map.copyOf(targets);
  }

  /**
   * Reads the document that {@code VARVE_CONFIG} is, or names: {@code {...}} is the document,
   * {@code ssm:NAME} a parameter of SSM, {@code secretsmanager:NAME} a secret, all else the path of
   * a file.
   *
   * @param environment the variables: {@code VARVE_CONFIG}, those that hold passwords, AWS's own
   * @throws InvalidRequestException if there is none, or one that is wrong: it names all that is
   * @throws io.varve.RetryLaterException if what holds it does not answer
   */
  public static Configuration load(Map<String, String> environment) {
    return load(environment, new AwsEnvironment(environment));
  }

  static Configuration load(Map<String, String> environment, AwsEnvironment aws) {
    ConfigurationText text = ConfigurationText.of(environment, aws);
    return new ConfigurationReader(environment, aws).read(text);
  }

  /**
   * The source of that name.
   *
   * @throws InvalidRequestException if there is none
   */
  public SourceConfiguration source(String name) {
    return named("source", sources, name);
  }

  /**
   * The target of that name.
   *
   * @throws InvalidRequestException if there is none
   */
  public TargetConfiguration target(String name) {
    return named("target", targets, name);
  }

  private static <T> T named(String kind, Map<String, T> those, String name) {
    T found = those.get(name);
    if (found == null) {
      throw new InvalidRequestException(
          "use",
          "the " + kind + " '" + name + "'",
          "the configuration has no " + kind + " of that name",
          those.isEmpty()
              ? "It has no " + kind + "s at all."
              : "It has " + String.join(", ", new TreeSet<>(those.keySet())) + ".");
    }
    return found;
  }
}
