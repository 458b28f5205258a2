package io.varve.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * The SDK's clients, built so that they work with AWS and with every other S3 store alike.
 *
 * @param puts tries again only where the store answered; see {@link S3Retries#answersOnly}
 * @param others tries again after broken connections as well
 */
record S3Clients(S3Client puts, S3Client others) implements AutoCloseable {

  static S3Clients open(
      S3Endpoint endpoint,
      String bucket,
      S3Options options,
      S3Retries retries,
      Map<String, String> environment) {
    AwsCredentialsProvider credentials = credentials(options.credentials());
    SdkHttpClient http =
        AwsHttp.open(
            endpoint.target(bucket),
            options.retries().connectTimeout(),
            options.retries().idleTimeout(),
            environment);
    return new S3Clients(
        client(
            endpoint,
            credentials,
            http,
            retries.answersOnly(options.retries()),
            new AsksBeforeLargeBodies()),
        client(
            endpoint,
            credentials,
            http,
            retries.strategy(options.retries()),
            new ReadsDocumentsWhole()));
  }

  private static S3Client client(
      S3Endpoint endpoint,
      AwsCredentialsProvider credentials,
      SdkHttpClient http,
      RetryStrategy strategy,
      ExecutionInterceptor interceptor) {
    return S3Client.builder()
        .region(endpoint.region())
        .endpointOverride(endpoint.override())
        .forcePathStyle(endpoint.pathStyle())
        .credentialsProvider(credentials)
        .httpClient(http)
        // Several stores refuse the trailers that the SDK adds of its own accord.
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
        .overrideConfiguration(
            override -> override.retryStrategy(strategy).addExecutionInterceptor(interceptor))
        .build();
  }

  @Override
  public void close() {
    puts.close();
    others.close();
  }

  private static AwsCredentialsProvider credentials(@Nullable S3Credentials given) {
    if (given == null) {
      return DefaultCredentialsProvider.builder().build();
    }
    return StaticCredentialsProvider.create(
        given.sessionToken() == null
            ? AwsBasicCredentials.create(given.accessKey(), given.secretKey())
            : AwsSessionCredentials.create(
                given.accessKey(), given.secretKey(), given.sessionToken()));
  }

  /**
   * Takes back, for small bodies, the {@code Expect: 100-continue} that the SDK adds to every PUT:
   * it costs a round trip, and Java's URL connection loses the error document of an answer that
   * comes instead of the 100. For large bodies it has to stay: a server that answers 412 or 403 and
   * closes the connection while the body is still being sent looks like a broken network otherwise
   * (on Versity Gateway, which says 100 to everything, it still does; see {@link S3Retries}).
   */
  private static final class AsksBeforeLargeBodies implements ExecutionInterceptor {

    /** Servers drain as much of an unwanted body before they close: 256 KiB in Go's. */
    private static final long LARGE_BYTES = 128 * 1024;

    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      SdkHttpRequest request = context.httpRequest();
      boolean large =
          request
              .firstMatchingHeader("Content-Length")
              .filter(length -> Long.parseLong(length) >= LARGE_BYTES)
              .isPresent();
      return large ? request : request.toBuilder().removeHeader("Expect").build();
    }
  }

  /**
   * Looks whether listings and error documents are whole before the SDK parses them. Of an error
   * that broke off it would lose the code, by which alone a missing object is told from a wrong
   * address; at a listing that broke off it gives up.
   */
  private static final class ReadsDocumentsWhole implements ExecutionInterceptor {

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      Optional<InputStream> body = context.responseBody();
      boolean isObject =
          context.request() instanceof GetObjectRequest && context.httpResponse().isSuccessful();
      if (isObject || body.isEmpty()) {
        return body;
      }
      long announced =
          context
              .httpResponse()
              .firstMatchingHeader("Content-Length")
              .map(Long::parseLong)
              .orElse(0L);
      try (InputStream document = body.get()) {
        byte[] bytes = document.readAllBytes();
        if (bytes.length < announced) {
          throw RetryableException.create(
              "the answer broke off after " + bytes.length + " of " + announced + " bytes");
        }
        return Optional.of(new ByteArrayInputStream(bytes));
      } catch (IOException e) {
        throw RetryableException.create("the answer broke off", e);
      }
    }
  }
}
