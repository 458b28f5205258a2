package io.varve.store;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * Which failures of a request are worth another attempt.
 *
 * <p>Written out instead of the SDK's defaults, for two reasons: a body cut short must count, and
 * an address at which nothing has ever answered is a typing error, for which nobody wants to wait
 * half a minute.
 */
final class S3Retries {

  private static final Set<Integer> TRANSIENT_STATUS = Set.of(408, 429, 500, 502, 503, 504);

  private static final Set<String> TRANSIENT_CODES =
      Set.of(
          "BadDigest", // the bytes changed on the way
          "InternalError",
          "OperationAborted",
          "RequestTimeout",
          "ServiceUnavailable",
          "SlowDown",
          "Throttling",
          "XAmzContentChecksumMismatch");

  private volatile boolean reached;

  /** Something answered at the address, so that from now on an absence is worth waiting out. */
  void markReached() {
    reached = true;
  }

  RetryStrategy strategy(RetryRule rule) {
    return strategy(rule, this::isTransient);
  }

  /**
   * For puts: a broken connection is no reason to send the body again before one has looked whether
   * it has arrived, or whether the store has refused it while it was being sent.
   */
  RetryStrategy answersOnly(RetryRule rule) {
    return strategy(
        rule,
        failure -> failure instanceof AwsServiceException refused && isTransientAnswer(refused));
  }

  private static RetryStrategy strategy(RetryRule rule, Predicate<Throwable> worthAnother) {
    BackoffStrategy backoff =
        BackoffStrategy.exponentialDelay(rule.firstDelay(), rule.longestDelay());
    return StandardRetryStrategy.builder()
        .maxAttempts(rule.attempts())
        .backoffStrategy(backoff)
        .throttlingBackoffStrategy(backoff)
        // It would let the workers of one long backup starve each other of attempts.
        .circuitBreakerEnabled(false)
        .useClientDefaults(false)
        .treatAsThrottling(failure -> false)
        .retryOnException(worthAnother)
        .build();
  }

  boolean isTransient(Throwable failure) {
    if (failure instanceof AwsServiceException refused) {
      return isTransientAnswer(refused);
    }
    if (failure instanceof RetryableException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return true;
    }
    if (find(failure, CertificateException.class).isPresent()
        || find(failure, SSLPeerUnverifiedException.class).isPresent()) {
      return false;
    }
    if (!reached
        && (find(failure, UnknownHostException.class).isPresent()
            || find(failure, ConnectException.class).isPresent())) {
      return false;
    }
    return find(failure, IOException.class).isPresent();
  }

  private static boolean isTransientAnswer(AwsServiceException refused) {
    return TRANSIENT_STATUS.contains(refused.statusCode())
        || TRANSIENT_CODES.contains(code(refused))
        || refused.isThrottlingException();
  }

  /** The code in the error document; empty where the answer held none. */
  static String code(AwsServiceException refused) {
    AwsErrorDetails details = refused.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }

  static <T extends Throwable> Optional<T> find(@Nullable Throwable failure, Class<T> kind) {
    Throwable each = failure;
    for (int depth = 0; each != null && depth < 20; depth++) {
      if (kind.isInstance(each)) {
        return Optional.of(kind.cast(each));
      }
      each = each.getCause();
    }
    return Optional.empty();
  }
}
