package io.varve.store;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says in a person's words what an S3 store, or the way to it, refused. */
final class S3Failures {

  /** A request as a person names it: what it does, the right it takes, the object or bucket. */
  record Request(String doing, String action, String subject) {}

  private final StoreLocation.S3 location;
  private final S3Endpoint endpoint;
  private final Clock clock;

  S3Failures(StoreLocation.S3 location, S3Endpoint endpoint, Clock clock) {
    this.location = location;
    this.endpoint = endpoint;
    this.clock = clock;
  }

  VarveException explain(Request request, SdkException failure) {
    if (failure instanceof S3Exception refused) {
      return refused(request, refused);
    }
    if (failure instanceof AwsServiceException refused) {
      return credentialsRefused(request, refused);
    }
    return notAnswered(request, failure);
  }

  /** The server answered, but not as S3 does. */
  InvalidRequestException notS3(Request request, String what, SdkException failure) {
    return new InvalidRequestException(
        request.doing(), request.subject(), what, notS3Hint(), failure);
  }

  InvalidRequestException notS3(Request request, String what) {
    return new InvalidRequestException(request.doing(), request.subject(), what, notS3Hint());
  }

  private String notS3Hint() {
    return "Point --s3-endpoint or AWS_ENDPOINT_URL_S3 at the S3 address of the store, not at its"
        + " console, and check the port.";
  }

  private VarveException refused(Request request, S3Exception failure) {
    String code = S3Retries.code(failure);
    return switch (code) {
      case "NoSuchBucket" ->
          invalid(
              request,
              failure,
              "there is no bucket '" + location.bucket() + "' at " + server(),
              "Create the bucket, or correct its name in the store's address.");
      case "InvalidBucketName" ->
          invalid(
              request,
              failure,
              "'" + location.bucket() + "' is no bucket name to " + server(),
              "Correct the bucket's name in the store's address.");
      case "InvalidAccessKeyId", "XAdminUserNotFound" -> // the latter on Versity Gateway
          invalid(
              request,
              failure,
              server() + " does not know the access key",
              "Check AWS_ACCESS_KEY_ID or the AWS profile, and that the endpoint is the one the"
                  + " key is for.");
      case "SignatureDoesNotMatch" ->
          invalid(
              request,
              failure,
              "the secret key does not belong to the access key",
              "Check AWS_SECRET_ACCESS_KEY or the AWS profile; a proxy that changes requests has"
                  + " the same effect.");
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          invalid(
              request,
              failure,
              "the temporary credentials have expired or are not valid",
              "Get new ones (aws sso login, or a new AWS_SESSION_TOKEN) and run again.");
      case "RequestTimeTooSkewed", "RequestExpired" -> wrongClock(request, failure);
      case "PermanentRedirect",
          "TemporaryRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "BucketRegionError" ->
          wrongRegion(request, failure);
      case "NotImplemented" ->
          invalid(
              request,
              failure,
              server() + " does not implement what the request needs",
              "Varve needs conditional writes (If-None-Match, If-Match): use a store that has"
                  + " them.");
      case "XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded" ->
          invalid(request, failure, "the store is full", "Make room or raise the quota.");
      case "InvalidObjectState" ->
          invalid(
              request,
              failure,
              "the object lies in an archive class and cannot be read at once",
              "Restore it from the archive first, and end the lifecycle rule that moves objects"
                  + " there.");
      default -> refusedByStatus(request, failure, code);
    };
  }

  private VarveException refusedByStatus(Request request, S3Exception failure, String code) {
    int status = failure.statusCode();
    boolean redirect = status == 301 || status == 302 || status == 307 || status == 308;
    if (redirect && header(failure, "x-amz-bucket-region").isPresent()) {
      return wrongRegion(request, failure);
    }
    if (status == 403 && (isDenial(code) || looksLikeS3(failure) || isBare(failure))) {
      return denied(request, failure);
    }
    if (status >= 500 || status == 429 || status == 408) {
      return new RetryLaterException(
          request.doing(),
          request.subject(),
          server() + " kept answering " + status + (code.isEmpty() ? "" : " " + code),
          "It is overloaded or ill. Look at its state and run again; what was done so far is kept.",
          failure);
    }
    if (code.isEmpty() || !looksLikeS3(failure)) {
      return notS3(
          request, server() + " answered " + status + " without an S3 error document", failure);
    }
    return invalid(
        request,
        failure,
        server() + " answered " + status + " " + code + ": " + text(failure),
        "The store's own documentation explains the code.");
  }

  /** Java's URL connection loses the error document where a large PUT is refused beforehand. */
  private static boolean isBare(S3Exception failure) {
    return S3Retries.code(failure).isEmpty()
        && !header(failure, "Content-Type").orElse("").contains("html");
  }

  private static boolean isDenial(String code) {
    return code.startsWith("AccessDenied")
        || code.startsWith("AllAccessDisabled")
        || code.startsWith("AccountProblem")
        || code.equals("NotSignedUp");
  }

  private VarveException denied(Request request, S3Exception failure) {
    String note =
        request.action().equals("s3:GetObject")
            ? " Without s3:ListBucket on the bucket a missing object is answered this way, too."
            : "";
    return invalid(
        request,
        failure,
        "access denied: " + text(failure),
        "Allow "
            + request.action()
            + " on "
            + resource(request)
            + " to the credentials in use, or use others."
            + note);
  }

  private String resource(Request request) {
    if (request.action().equals("s3:ListBucket") || request.action().contains("Configuration")) {
      return "the bucket '" + location.bucket() + "'";
    }
    return location.uri() + "/*";
  }

  private VarveException wrongClock(Request request, S3Exception failure) {
    Optional<Duration> ahead =
        header(failure, "Date")
            .flatMap(S3Failures::httpDate)
            .map(theirs -> Duration.between(theirs, clock.instant()));
    String difference =
        ahead
            .map(
                by ->
                    by.abs().toSeconds() < 60
                        ? ", though its answer carries the same time as this machine's"
                        : ": this machine's clock is "
                            + words(by.abs())
                            + (by.isNegative() ? " behind" : " ahead of")
                            + " the store's")
            .orElse("");
    return invalid(
        request,
        failure,
        "the store refuses the time of the request" + difference,
        "Set the clock that is wrong, this machine's or the store's (they may differ by 15"
            + " minutes at most), and let NTP keep it.");
  }

  private static Optional<Instant> httpDate(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String words(Duration difference) {
    long minutes = difference.toMinutes();
    if (minutes < 120) {
      return minutes + " minutes";
    }
    return minutes < 2 * 24 * 60 ? difference.toHours() + " hours" : difference.toDays() + " days";
  }

  private VarveException wrongRegion(Request request, S3Exception failure) {
    Optional<String> right = header(failure, "x-amz-bucket-region").or(() -> quotedRegion(failure));
    return invalid(
        request,
        failure,
        "the bucket is not in region "
            + endpoint.region().id()
            + right.map(region -> " but in " + region).orElse(""),
        right
            .map(region -> "Set AWS_REGION or --s3-region to " + region + ".")
            .orElse("Set AWS_REGION or --s3-region to the region of the bucket."));
  }

  /** "the region 'us-east-1' is wrong; expecting 'eu-west-1'". */
  private static Optional<String> quotedRegion(S3Exception failure) {
    String text = text(failure);
    int expecting = text.indexOf("expecting '");
    if (expecting < 0) {
      return Optional.empty();
    }
    int start = expecting + "expecting '".length();
    int end = text.indexOf('\'', start);
    return end < 0 ? Optional.empty() : Optional.of(text.substring(start, end));
  }

  /** From STS, SSO or the like: it was to hand out credentials for the store. */
  private VarveException credentialsRefused(Request request, AwsServiceException failure) {
    AwsErrorDetails details = failure.awsErrorDetails();
    String service = details == null ? "the credentials' issuer" : details.serviceName();
    String reason =
        service + " gave no credentials (" + S3Retries.code(failure) + "): " + text(failure);
    if (failure.statusCode() >= 500) {
      return new RetryLaterException(
          request.doing(), request.subject(), reason, "Run again later.", failure);
    }
    return invalid(
        request,
        failure,
        reason,
        "Check the role, its trust policy and the profile; for single sign-on run aws sso login.");
  }

  private VarveException notAnswered(Request request, SdkException failure) {
    String text = String.valueOf(failure.getMessage());
    if (failure instanceof AbortedException) {
      return new RetryLaterException(
          request.doing(),
          request.subject(),
          "it was interrupted",
          "Run again; what was done so far is kept.",
          failure);
    }
    if (isAltered(failure)) {
      return new DamageFoundException(
          request.doing(),
          request.subject(),
          "its bytes do not have the checksum that the store keeps for it",
          "The object is damaged in the store, or something on the way changes what is read.",
          failure);
    }
    Optional<SSLException> tls = S3Retries.find(failure, SSLException.class);
    if (tls.isPresent()) {
      return tlsFailed(request, failure, tls.get());
    }
    if (text.contains("Unable to load credentials")) {
      return invalid(
          request,
          failure,
          "no AWS credentials were found",
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine,"
              + " container or function a role.");
    }
    Optional<UnknownHostException> unknown = S3Retries.find(failure, UnknownHostException.class);
    if (unknown.isPresent()) {
      return new RetryLaterException(
          request.doing(),
          request.subject(),
          "the name of " + server() + " is not known (" + unknown.get().getMessage() + ")",
          "Check the spelling of --s3-endpoint and the region, and that this machine's DNS works;"
              + " a store that wants path style needs --s3-path-style.",
          failure);
    }
    if (S3Retries.find(failure, ConnectException.class).isPresent()
        || S3Retries.find(failure, NoRouteToHostException.class).isPresent()) {
      return new RetryLaterException(
          request.doing(),
          request.subject(),
          "nothing answers at " + server(),
          "Check that the store runs, the port, and that a firewall or HTTPS_PROXY is not in the"
              + " way.",
          failure);
    }
    if (failure instanceof ApiCallAttemptTimeoutException
        || failure instanceof ApiCallTimeoutException
        || S3Retries.find(failure, SocketTimeoutException.class).isPresent()) {
      return new RetryLaterException(
          request.doing(),
          request.subject(),
          server() + " did not answer in time",
          "It is overloaded, or something swallows the packets on the way; run again later.",
          failure);
    }
    if (isUnreadable(text)) {
      return notS3(request, server() + " answered what is no S3 document", failure);
    }
    if (S3Retries.find(failure, IOException.class).isPresent()) {
      return new RetryLaterException(
          request.doing(),
          request.subject(),
          "the connection to " + server() + " kept breaking",
          "Check the network between here and the store, and run again; what was done so far is"
              + " kept.",
          failure);
    }
    if (text.toLowerCase(Locale.ROOT).contains("credential")
        || text.toLowerCase(Locale.ROOT).contains("token")
        || text.toLowerCase(Locale.ROOT).contains("profile")) {
      return invalid(
          request,
          failure,
          "the AWS credentials cannot be loaded: " + withoutStop(text),
          "Check the profile and its files; for single sign-on run aws sso login.");
    }
    return invalid(request, failure, withoutStop(text), "Check the store's address and options.");
  }

  /** The bytes do not have the checksum that the store sent along; the SDK has no class for it. */
  static boolean isAltered(SdkException failure) {
    return String.valueOf(failure.getMessage()).contains("different checksum");
  }

  private static boolean isUnreadable(String text) {
    return text.contains("XML") || text.contains("unmarshall") || text.contains("Unmarshall");
  }

  private VarveException tlsFailed(Request request, SdkException failure, SSLException tls) {
    String text = String.valueOf(tls.getMessage());
    if (text.contains("Unsupported or unrecognized SSL message") || text.contains("plaintext")) {
      return invalid(
          request,
          failure,
          server() + " does not speak TLS on that port",
          "Write http:// in the endpoint, or use the store's TLS port.");
    }
    if (tls instanceof SSLPeerUnverifiedException
        || S3Retries.find(tls, CertificateException.class).isPresent()) {
      return invalid(
          request,
          failure,
          "the certificate of " + server() + " is not trusted: " + withoutStop(rootText(tls)),
          "Let AWS_CA_BUNDLE name a PEM file with the authority that signed it, and check that the"
              + " certificate is for this host name and has not expired.");
    }
    return new RetryLaterException(
        request.doing(),
        request.subject(),
        "TLS with " + server() + " failed: " + withoutStop(text),
        "Run again; if it stays, check the TLS versions that both sides allow.",
        failure);
  }

  private static String rootText(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
      root = cause;
    }
    return String.valueOf(root.getMessage());
  }

  private String server() {
    return endpoint.override() != null
        ? endpoint.override().toString()
        : "AWS S3 in " + endpoint.region().id();
  }

  /** An answer by S3 names its request in a header or is in its error form. */
  private static boolean looksLikeS3(S3Exception failure) {
    return header(failure, "x-amz-request-id").isPresent()
        || !S3Retries.code(failure).isEmpty()
            && !S3Retries.code(failure).equals(String.valueOf(failure.statusCode()));
  }

  private static Optional<String> header(S3Exception failure, String name) {
    AwsErrorDetails details = failure.awsErrorDetails();
    return details == null || details.sdkHttpResponse() == null
        ? Optional.empty()
        : details.sdkHttpResponse().firstMatchingHeader(name);
  }

  private static String text(AwsServiceException failure) {
    AwsErrorDetails details = failure.awsErrorDetails();
    String text = details == null ? null : details.errorMessage();
    return text == null || text.isBlank() ? "no further word" : withoutStop(text);
  }

  private static String withoutStop(String text) {
    return text.strip().replaceFirst("\\.+$", "");
  }

  private static InvalidRequestException invalid(
      Request request, SdkException failure, String reason, String hint) {
    return new InvalidRequestException(request.doing(), request.subject(), reason, hint, failure);
  }
}
