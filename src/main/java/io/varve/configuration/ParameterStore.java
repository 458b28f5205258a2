package io.varve.configuration;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;

/** Parameters of SSM, decrypted. Each call is a request. */
record ParameterStore(AwsEnvironment aws) {

  private static final String ACTION = "ssm:GetParameter";

  /**
   * @throws io.varve.InvalidRequestException if it is absent or denied
   * @throws io.varve.RetryLaterException if there is no answer in time
   */
  String value(String name) {
    Region region = aws.region(Optional.empty());
    @Nullable URI endpoint = aws.endpoint("SSM").orElse(null);
    try (SdkHttpClient http = aws.http(endpoint, "ssm", region);
        SsmClient client =
            SsmClient.builder()
                .region(region)
                .endpointOverride(endpoint)
                .credentialsProvider(aws.credentials())
                .httpClient(http)
                .overrideConfiguration(aws.patience())
                .build()) {
      return client
          .getParameter(request -> request.name(name).withDecryption(true))
          .parameter()
          .value();
    } catch (SdkException failed) {
      throw new AwsFailures(
              "read the configuration in",
              "the SSM parameter " + name + " in " + region.id(),
              ACTION)
          .explain(failed);
    }
  }

  @Override
  public String toString() {
    return "ParameterStore";
  }
}
