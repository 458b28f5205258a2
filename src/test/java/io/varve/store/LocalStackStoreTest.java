package io.varve.store;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.varve.testing.EmbeddedS3;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** The contract on LocalStack, where there is Docker. */
class LocalStackStoreTest extends S3Contract {

  private @Nullable LocalStackContainer container;

  @BeforeAll
  void start() {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      System.err.println("SKIPPED: no Docker here, so the store was not tested on LocalStack");
    }
    assumeThat(docker).as("Docker").isTrue();
    container =
        new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.9"))
            .withServices("s3");
    container.start();
  }

  @AfterAll
  void stop() {
    if (container != null) {
      container.stop();
    }
  }

  @Override
  EmbeddedS3 server() {
    LocalStackContainer running = container;
    if (running == null) {
      throw new IllegalStateException("LocalStack was not started");
    }
    return EmbeddedS3.at(running.getEndpoint(), running.getAccessKey(), running.getSecretKey());
  }
}
