package io.varve.configuration;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.io.IOException;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Turns what the SDK reports of one request into a failure that says what to do.
 *
 * @param action what IAM has to allow
 */
record AwsFailures(String doing, String subject, String action) {

  private static final Set<String> ABSENT =
      Set.of(
          "ResourceNotFoundException",
          "ParameterNotFound",
          "ParameterVersionNotFound",
          "StateMachineDoesNotExist");

  VarveException explain(SdkException failure) {
    return failure instanceof AwsServiceException refused ? refused(refused) : unanswered(failure);
  }

  private VarveException refused(AwsServiceException failure) {
    @Nullable AwsErrorDetails details = failure.awsErrorDetails();
    String code = details == null || details.errorCode() == null ? "" : details.errorCode();
    String text = details == null || details.errorMessage() == null ? "" : details.errorMessage();
    String said =
        text.isEmpty() && code.isEmpty()
            ? "status " + failure.statusCode()
            : (withoutStop(text) + (code.isEmpty() ? "" : " (" + code + ")")).strip();
    if (failure.statusCode() >= 500 || failure.isThrottlingException()) {
      return again("AWS does not answer it now: " + said, failure);
    }
    if (ABSENT.contains(code)) {
      return never("it is not there", "Check its name, the region and the account.", failure);
    }
    if (code.startsWith("AccessDenied") || text.contains("KMS")) {
      return never(
          "AWS denies it: " + said,
          "Grant " + action + " on it to this role, and kms:Decrypt on the key if it has its own.",
          failure);
    }
    return never(
        "AWS refuses it: " + said,
        "Check its name and the AWS credentials, and that IAM allows " + action + ".",
        failure);
  }

  /** The SDK's own words may hold a piece of the answer, so they are not passed on. */
  private VarveException unanswered(SdkException failure) {
    String text = String.valueOf(failure.getMessage());
    if (text.contains("Unable to load credentials")) {
      return never(
          "no AWS credentials were found",
          "Give the function or this machine a role that allows " + action + ".",
          failure);
    }
    if (find(failure, SSLHandshakeException.class::isInstance)) {
      return never(
          "TLS could not be agreed on",
          "Let AWS_CA_BUNDLE name a PEM file with the authority of the endpoint.",
          failure);
    }
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || failure instanceof AbortedException
        || isOfTheNetwork(failure)) {
      return again("there was no answer in time", failure);
    }
    return never(
        "the answer is not one of that service",
        "Check AWS_ENDPOINT_URL and its like, and the proxy.",
        null);
  }

  private RetryLaterException again(String reason, SdkException failure) {
    return new RetryLaterException(
        doing,
        subject,
        reason,
        "Run again later; from a private network it takes a VPC endpoint or a NAT gateway.",
        failure);
  }

  private InvalidRequestException never(
      String reason, String hint, @Nullable SdkException failure) {
    return new InvalidRequestException(doing, subject, reason, hint, failure);
  }

  private static String withoutStop(String text) {
    return text.strip().replaceFirst("\\.+$", "");
  }

  /** Java's own: the parsers of the SDK throw others, when they stumble over an answer. */
  private static boolean isOfTheNetwork(Throwable failure) {
    return find(
        failure,
        each -> each instanceof IOException && each.getClass().getName().startsWith("java"));
  }

  private static boolean find(Throwable failure, Predicate<Throwable> sought) {
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      if (sought.test(each)) {
        return true;
      }
    }
    return false;
  }
}
