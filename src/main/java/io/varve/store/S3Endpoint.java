package io.varve.store;

import io.varve.InvalidRequestException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.profiles.ProfileProperty;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Where requests go and under which region's name they are signed.
 *
 * @param override an endpoint of one's own; null for AWS's
 */
record S3Endpoint(@Nullable URI override, Region region, boolean pathStyle) {

  static S3Endpoint resolve(S3Options options, Map<String, String> environment) {
    URI override = override(options).map(S3Endpoint::checked).orElse(null);
    boolean own = override != null && !isAmazon(override);
    boolean pathStyle =
        switch (options.addressing()) {
          case PATH -> true;
          case VIRTUAL_HOST -> false;
          case AUTO -> own;
        };
    return new S3Endpoint(override, region(options, own, environment), pathStyle);
  }

  /** The host that the client talks to, for the choice of a proxy. */
  URI target(String bucket) {
    URI base =
        override != null ? override : URI.create("https://s3." + region.id() + ".amazonaws.com");
    return pathStyle
        ? base
        : URI.create(
            base.getScheme()
                + "://"
                + bucket.replace('_', '-').toLowerCase(Locale.ROOT)
                + "."
                + base.getHost());
  }

  /**
   * The SDK resolves variables and profiles itself; asked here because addressing depends on it.
   */
  private static Optional<URI> override(S3Options options) {
    if (options.endpoint() != null) {
      return Optional.of(options.endpoint());
    }
    try {
      AwsClientEndpointProvider provider =
          AwsClientEndpointProvider.builder()
              .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_S3")
              .serviceEndpointOverrideSystemProperty("aws.endpointUrlS3")
              .serviceProfileProperty("s3")
              .serviceEndpointPrefix("s3")
              .defaultProtocol("https")
              .region(Region.US_EAST_1)
              .profileFile(ProfileFile::defaultProfileFile)
              .profileName(profileName())
              .build();
      return provider.isEndpointOverridden()
          ? Optional.of(provider.clientEndpoint())
          : Optional.empty();
    } catch (SdkClientException e) {
      throw new InvalidRequestException(
          "use the S3 endpoint in",
          "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the AWS profile",
          "it is no address",
          "Write https://host or http://host:port.",
          e);
    }
  }

  private static URI checked(URI endpoint) {
    String scheme = endpoint.getScheme();
    boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    if (!http || endpoint.getHost() == null || endpoint.getRawQuery() != null) {
      throw new InvalidRequestException(
          "use the S3 endpoint",
          LocationParser.redacted(endpoint.toString()),
          "it is not of the form https://host or http://host:port",
          "Correct --s3-endpoint or AWS_ENDPOINT_URL_S3.");
    }
    if (endpoint.getRawUserInfo() != null) {
      throw new InvalidRequestException(
          "use the S3 endpoint",
          LocationParser.redacted(endpoint.toString()),
          "it holds credentials",
          "Put them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile.");
    }
    return endpoint;
  }

  private static boolean isAmazon(URI endpoint) {
    String host = endpoint.getHost().toLowerCase(Locale.ROOT);
    return host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn");
  }

  private static Region region(
      S3Options options, boolean ownEndpoint, Map<String, String> environment) {
    if (options.region() != null) {
      return Region.of(options.region());
    }
    String given =
        firstKnown(
            System.getProperty("aws.region"),
            environment.get("AWS_REGION"),
            // Other AWS tools know this one; the SDK for Java does not.
            environment.get("AWS_DEFAULT_REGION"));
    if (given != null) {
      return Region.of(given);
    }
    if (ownEndpoint) {
      // Not the whole chain: it would ask for an instance's metadata, slowly, where there is none.
      return ProfileFile.defaultProfileFile()
          .profile(profileName())
          .flatMap(profile -> profile.property(ProfileProperty.REGION))
          .map(Region::of)
          .orElse(Region.US_EAST_1);
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      throw new InvalidRequestException(
          "find",
          "the AWS region of the bucket",
          "neither the environment nor the AWS profile nor this machine's metadata names one",
          "Set AWS_REGION or --s3-region to the region of the bucket, or --s3-endpoint for a store"
              + " that is not AWS's.",
          e);
    }
  }

  private static @Nullable String firstKnown(@Nullable String... values) {
    for (String value : values) {
      if (value != null && !value.isBlank()) {
        return value.strip();
      }
    }
    return null;
  }

  private static String profileName() {
    return ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow();
  }
}
