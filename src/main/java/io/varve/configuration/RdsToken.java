package io.varve.configuration;

import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import io.varve.mysql.ServerAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/**
 * A login by IAM: instead of a password the server takes a request to itself that is signed with
 * AWS credentials. Made here without a request; AWS calls it an authentication token.
 *
 * @param named the region of the server, where its name does not tell
 */
record RdsToken(
    AwsEnvironment aws, ServerAddress server, String user, Optional<String> named, Clock clock) {

  private static final Duration GOOD_FOR = Duration.ofMinutes(15);

  /** {@code x.eu-central-1.rds.amazonaws.com}, {@code x.rds.cn-north-1.amazonaws.com.cn}. */
  private static final Pattern HOST =
      Pattern.compile(
          ".*\\.(?:([a-z0-9-]+)\\.rds\\.amazonaws\\.com|rds\\.([a-z0-9-]+)\\.amazonaws\\.com\\.cn)");

  RdsToken(AwsEnvironment aws, ServerAddress server, String user, Optional<String> named) {
    this(aws, server, user, named, Clock.systemUTC());
  }

  Login login() {
    String region = aws.region(named.or(this::regionOfHost)).id();
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol("https")
            .host(server.host())
            .port(server.port())
            .encodedPath("/")
            .putRawQueryParameter("Action", "connect")
            .putRawQueryParameter("DBUser", user)
            .build();
    String url =
        AwsV4HttpSigner.create()
            .sign(
                signing ->
                    signing
                        .identity(credentials())
                        .request(request)
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "rds-db")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(
                            AwsV4FamilyHttpSigner.AUTH_LOCATION,
                            AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, GOOD_FOR)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
            .request()
            .getUri()
            .toString();
    return new Login(user, Secret.of(url.substring("https://".length())));
  }

  private AwsCredentials credentials() {
    try {
      return aws.credentials().resolveCredentials();
    } catch (SdkException failed) {
      throw new AwsFailures("make a token for", user + " at " + server, "rds-db:connect")
          .explain(failed);
    }
  }

  private Optional<String> regionOfHost() {
    Matcher host = HOST.matcher(server.host());
    return host.matches()
        ? Optional.of(host.group(1) != null ? host.group(1) : host.group(2))
        : Optional.empty();
  }
}
