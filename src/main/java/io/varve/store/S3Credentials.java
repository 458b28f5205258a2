package io.varve.store;

import org.jspecify.annotations.Nullable;

/**
 * Keys given by configuration instead of found by the default chain.
 *
 * @param sessionToken of temporary credentials
 */
public record S3Credentials(String accessKey, String secretKey, @Nullable String sessionToken) {

  public static S3Credentials of(String accessKey, String secretKey) {
    return new S3Credentials(accessKey, secretKey, null);
  }

  /** Never the secrets. */
  @Override
  public String toString() {
    return "S3Credentials[" + accessKey + "]";
  }
}
