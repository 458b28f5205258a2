package io.varve.store;

import io.varve.testing.EmbeddedS3;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** The contract on an S3 server, in one bucket for the whole class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class S3Contract extends ObjectStoreContract {

  private static final String PREFIX = "pre fix/a+b";

  private @Nullable Opened opened;

  private record Opened(EmbeddedS3 server, String bucket, ObjectStore store) {}

  abstract EmbeddedS3 server();

  private synchronized Opened opened() {
    if (opened == null) {
      EmbeddedS3 server = server();
      String bucket = server.newBucket("contract");
      ObjectStore store = Stores.open("s3://" + bucket + "/" + PREFIX, server.options());
      opened = new Opened(server, bucket, store);
    }
    return opened;
  }

  @AfterAll
  void close() {
    if (opened != null) {
      opened.store().close();
    }
  }

  @Override
  ObjectStore store() {
    return opened().store();
  }

  @Override
  Optional<byte[]> bytesOf(String key) {
    try (S3Client client = opened().server().client()) {
      return Optional.of(
          client
              .getObjectAsBytes(get -> get.bucket(opened().bucket()).key(PREFIX + "/" + key))
              .asByteArray());
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }
}
