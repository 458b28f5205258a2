package io.varve.store;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a user can say about an S3 store besides its address. All of it is optional: what is null
 * comes from the environment, the AWS profile or the machine, as with the AWS CLI.
 *
 * @param endpoint the server's address ({@code --s3-endpoint}); otherwise {@code
 *     AWS_ENDPOINT_URL_S3}, {@code AWS_ENDPOINT_URL}, the profile's {@code endpoint_url}, AWS
 * @param addressing where the bucket's name goes
 * @param region otherwise {@code AWS_REGION}, {@code AWS_DEFAULT_REGION}, the profile, the machine;
 *     {@code us-east-1} with an endpoint of one's own, where it mostly means nothing
 * @param storageClass of objects of 128 KiB and more; smaller ones cost more anywhere but in
 *     STANDARD
 * @param credentials otherwise the default chain: environment, profile, web identity, single
 *     sign-on, container, instance
 */
public record S3Options(
    @Nullable URI endpoint,
    Addressing addressing,
    @Nullable String region,
    @Nullable String storageClass,
    @Nullable S3Credentials credentials,
    RetryRule retries) {

  public static final S3Options DEFAULT =
      new S3Options(null, Addressing.AUTO, null, null, null, RetryRule.DEFAULT);

  /** Where the bucket's name goes in a request. */
  public enum Addressing {
    /** {@link #PATH} for an endpoint that is not AWS's own, else {@link #VIRTUAL_HOST}. */
    AUTO,
    /** {@code https://endpoint/bucket/key}: what most other stores expect. */
    PATH,
    /** {@code https://bucket.endpoint/key}. */
    VIRTUAL_HOST
  }

  public S3Options withEndpoint(@Nullable URI endpoint) {
    return new S3Options(endpoint, addressing, region, storageClass, credentials, retries);
  }

  public S3Options withAddressing(Addressing addressing) {
    return new S3Options(endpoint, addressing, region, storageClass, credentials, retries);
  }

  public S3Options withRegion(@Nullable String region) {
    return new S3Options(endpoint, addressing, region, storageClass, credentials, retries);
  }

  public S3Options withStorageClass(@Nullable String storageClass) {
    return new S3Options(endpoint, addressing, region, storageClass, credentials, retries);
  }

  public S3Options withCredentials(@Nullable S3Credentials credentials) {
    return new S3Options(endpoint, addressing, region, storageClass, credentials, retries);
  }

  public S3Options withRetries(RetryRule retries) {
    return new S3Options(endpoint, addressing, region, storageClass, credentials, retries);
  }
}
