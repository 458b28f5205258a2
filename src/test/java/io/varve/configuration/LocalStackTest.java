package io.varve.configuration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** On LocalStack, where there is Docker. */
class LocalStackTest extends AwsServicesContract {

  private @Nullable LocalStackContainer container;

  @BeforeAll
  @Override
  void connect() {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      System.err.println("SKIPPED: no Docker here, so logins were not read from LocalStack");
    }
    assumeThat(docker).as("Docker").isTrue();
    container =
        new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.9"))
            .withServices("secretsmanager", "ssm");
    container.start();
    super.connect();
  }

  @AfterAll
  void stop() {
    if (container != null) {
      container.stop();
    }
  }

  @Override
  URI endpoint() {
    return requireNonNull(container).getEndpoint();
  }

  @Override
  String accessKey() {
    return requireNonNull(container).getAccessKey();
  }

  @Override
  String secretKey() {
    return requireNonNull(container).getSecretKey();
  }
}
