package io.varve.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Tag;

/** On {@code VARVE_TEST_AWS_ENDPOINT}: moto, or another that answers as AWS does. */
@Tag("aws")
class MotoTest extends AwsServicesContract {

  @Override
  URI endpoint() {
    String endpoint = System.getenv("VARVE_TEST_AWS_ENDPOINT");
    assertThat(endpoint).as("VARVE_TEST_AWS_ENDPOINT").isNotBlank();
    return URI.create(endpoint);
  }

  @Override
  String accessKey() {
    return "testing";
  }

  @Override
  String secretKey() {
    return "testing";
  }
}
