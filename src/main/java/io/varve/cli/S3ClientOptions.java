package io.varve.cli;

import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.S3Options.Addressing;
import io.varve.store.Stores;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to reach a store. */
final class S3ClientOptions {

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description = "an S3-compatible store's address; default: AWS_ENDPOINT_URL_S3, else AWS")
  @Nullable URI s3Endpoint;

  @Option(
      names = "--s3-path-style",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "put the bucket into the path; default: for any endpoint but AWS's")
  @Nullable Boolean s3PathStyle;

  @Option(
      names = "--s3-region",
      paramLabel = "REGION",
      description = "default: AWS_REGION, the profile")
  @Nullable String s3Region;

  @Option(
      names = "--storage-class",
      paramLabel = "CLASS",
      description = "S3 storage class of parts, such as STANDARD_IA")
  @Nullable String storageClass;

  ObjectStore open(String location) {
    Addressing addressing = Addressing.AUTO;
    if (s3PathStyle != null) {
      addressing = s3PathStyle ? Addressing.PATH : Addressing.VIRTUAL_HOST;
    }
    return Stores.open(
        location,
        S3Options.DEFAULT
            .withEndpoint(s3Endpoint)
            .withAddressing(addressing)
            .withRegion(s3Region)
            .withStorageClass(storageClass));
  }
}
