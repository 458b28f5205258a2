package io.varve.configuration;

import io.varve.InvalidRequestException;
import io.varve.store.AwsHttp;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * What the environment says about AWS, for the services beside the store's. Requests are few and
 * small, so each has a client of its own, and none waits longer than some seconds.
 */
final class AwsEnvironment {

  private static final Duration ATTEMPT = Duration.ofSeconds(4);
  private static final Duration WHOLE = Duration.ofSeconds(10);

  private final Map<String, String> variables;
  private final Duration attempt;
  private final Duration whole;
  private final AwsCredentialsProvider credentials;

  AwsEnvironment(Map<String, String> variables) {
    this(variables, ATTEMPT, WHOLE);
  }

  /**
   * @param attempt the longest that one of a request's tries may take
   * @param whole the longest that a request may take
   */
  AwsEnvironment(Map<String, String> variables, Duration attempt, Duration whole) {
    this.variables = Map.copyOf(variables);
    this.attempt = attempt;
    this.whole = whole;
    this.credentials = credentials(this.variables);
  }

  private static AwsCredentialsProvider credentials(Map<String, String> variables) {
    String key = variables.get("AWS_ACCESS_KEY_ID");
    String secret = variables.get("AWS_SECRET_ACCESS_KEY");
    String token = variables.get("AWS_SESSION_TOKEN");
    if (key == null || secret == null) {
      return DefaultCredentialsProvider.builder().build();
    }
    return StaticCredentialsProvider.create(
        token == null
            ? AwsBasicCredentials.create(key, secret)
            : AwsSessionCredentials.create(key, secret, token));
  }

  AwsCredentialsProvider credentials() {
    return credentials;
  }

  /**
   * An endpoint that is not AWS's own.
   *
   * @param service as in {@code AWS_ENDPOINT_URL_SECRETS_MANAGER}
   */
  Optional<URI> endpoint(String service) {
    for (String name : new String[] {"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"}) {
      Optional<String> value = variable(name);
      if (value.isPresent()) {
        try {
          return value.map(URI::create);
        } catch (IllegalArgumentException broken) {
          throw new InvalidRequestException(
              "use", name, "it is no address", "Write https://host or http://host:port.");
        }
      }
    }
    return Optional.empty();
  }

  /** The one that is named where what is wanted is; else the environment's. */
  Region region(Optional<String> named) {
    Optional<String> known =
        named.or(() -> variable("AWS_REGION")).or(() -> variable("AWS_DEFAULT_REGION"));
    if (known.isPresent()) {
      return Region.of(known.get());
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException nowhere) {
      throw new InvalidRequestException(
          "find",
          "the AWS region",
          "neither the environment nor the AWS profile nor this machine's metadata names one",
          "Set AWS_REGION.",
          nowhere);
    }
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /**
   * @param host of AWS's own endpoint, without the region: {@code secretsmanager}
   */
  SdkHttpClient http(@Nullable URI endpoint, String host, Region region) {
    URI target =
        endpoint != null
            ? endpoint
            : URI.create("https://" + host + "." + region.id() + ".amazonaws.com");
    return AwsHttp.open(target, attempt, attempt, variables);
  }

  ClientOverrideConfiguration patience() {
    return ClientOverrideConfiguration.builder()
        .apiCallAttemptTimeout(attempt)
        .apiCallTimeout(whole)
        .retryStrategy(RetryMode.STANDARD)
        .build();
  }
}
