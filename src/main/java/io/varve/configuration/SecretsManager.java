package io.varve.configuration;

import io.varve.InvalidRequestException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Secrets as texts. Each call is a request. */
record SecretsManager(AwsEnvironment aws) {

  private static final String ACTION = "secretsmanager:GetSecretValue";

  /**
   * The current value of a secret.
   *
   * @param doing for the failure: {@code "take a login from"}
   * @param secret its name or ARN; an ARN also says in which region it is
   * @throws InvalidRequestException if it is absent, empty or denied
   * @throws io.varve.RetryLaterException if there is no answer in time
   */
  String value(String doing, String secret) {
    Region region = aws.region(regionOf(secret));
    String subject = "the secret " + secret + " in " + region.id();
    @Nullable URI endpoint = aws.endpoint("SECRETS_MANAGER").orElse(null);
    try (SdkHttpClient http = aws.http(endpoint, "secretsmanager", region);
        SecretsManagerClient client =
            SecretsManagerClient.builder()
                .region(region)
                .endpointOverride(endpoint)
                .credentialsProvider(aws.credentials())
                .httpClient(http)
                .overrideConfiguration(aws.patience())
                .build()) {
      @Nullable String value =
          client.getSecretValue(request -> request.secretId(secret)).secretString();
      if (value == null || value.isBlank()) {
        throw new InvalidRequestException(
            doing,
            subject,
            value == null ? "it holds bytes and no text" : "it is empty",
            "Put a text there.");
      }
      return value;
    } catch (SdkException failed) {
      throw new AwsFailures(doing, subject, ACTION).explain(failed);
    }
  }

  /** The fourth of an ARN's fields: {@code arn:aws:secretsmanager:REGION:...}. */
  private static Optional<String> regionOf(String secret) {
    List<String> fields = List.of(secret.split(":", -1));
    return fields.size() > 5 && fields.getFirst().equals("arn")
        ? Optional.of(fields.get(3)).filter(region -> !region.isEmpty())
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "SecretsManager";
  }
}
