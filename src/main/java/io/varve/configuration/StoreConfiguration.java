package io.varve.configuration;

import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.S3Options.Addressing;
import io.varve.store.Stores;
import java.net.URI;
import java.util.Optional;

/**
 * Where the repository lies.
 *
 * @param location {@code s3://bucket/prefix} or {@code file:///path}
 * @param endpoint of a store that is not AWS's; else as the AWS tools have it
 * @param pathStyle whether the bucket goes into the path; else it does for any endpoint but AWS's
 * @param region as the AWS tools have it where none is named
 * @param storageClass of parts
 */
public record StoreConfiguration(
    String location,
    Optional<URI> endpoint,
    Optional<Boolean> pathStyle,
    Optional<String> region,
    Optional<String> storageClass) {

  /** Makes no request: a store that is missing or refuses shows at the first call. */
  public ObjectStore open() {
    return Stores.open(
        location,
        S3Options.DEFAULT
            .withEndpoint(endpoint.orElse(null))
            .withAddressing(
                pathStyle
                    .map(path -> path ? Addressing.PATH : Addressing.VIRTUAL_HOST)
                    .orElse(Addressing.AUTO))
            .withRegion(region.orElse(null))
            .withStorageClass(storageClass.orElse(null)));
  }
}
