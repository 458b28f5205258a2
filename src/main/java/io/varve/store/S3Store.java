package io.varve.store;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.store.S3Failures.Request;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in a bucket of AWS S3 or of any store that speaks its API.
 *
 * <p>Thread-safe. Every object is sent with its SHA-256, which stores that know the header check;
 * where the store hands that checksum back on reading, it is checked again.
 */
final class S3Store implements ObjectStore {

  /** Infrequent-access classes bill this much for any smaller object. */
  private static final long SMALLEST_IN_STORAGE_CLASS = 128 * 1024;

  private static final int READS_OF_ALTERED = 3;

  private static final Set<String> NOT_READABLE_AT_ONCE = Set.of("GLACIER", "DEEP_ARCHIVE");

  private final StoreLocation.S3 location;
  private final String keyPrefix;
  private final @Nullable String storageClass;
  private final RetryRule rule;
  private final S3Retries retries;
  private final S3Clients clients;
  private final S3Failures failures;

  private S3Store(
      StoreLocation.S3 location, S3Options options, S3Endpoint endpoint, Map<String, String> env) {
    this.location = location;
    this.keyPrefix = location.prefix().isEmpty() ? "" : location.prefix() + "/";
    this.storageClass = storageClass(options.storageClass());
    this.rule = options.retries();
    this.retries = new S3Retries();
    this.clients = S3Clients.open(endpoint, location.bucket(), options, retries, env);
    this.failures = new S3Failures(location, endpoint, Clock.systemUTC());
  }

  static S3Store open(StoreLocation.S3 location, S3Options options) {
    return open(location, options, System.getenv());
  }

  static S3Store open(
      StoreLocation.S3 location, S3Options options, Map<String, String> environment) {
    return new S3Store(location, options, S3Endpoint.resolve(options, environment), environment);
  }

  private static @Nullable String storageClass(@Nullable String given) {
    if (given == null || given.isBlank()) {
      return null;
    }
    String name = given.strip().toUpperCase(Locale.ROOT);
    if (NOT_READABLE_AT_ONCE.contains(name)) {
      throw new InvalidRequestException(
          "use the storage class",
          name,
          "objects in it cannot be read at once, so nothing in it could be verified or restored",
          "Use STANDARD_IA, INTELLIGENT_TIERING or GLACIER_IR.");
    }
    return name;
  }

  @Override
  public String location() {
    return location.uri();
  }

  @Override
  public PutOutcome create(String key, Content content) {
    return put(request("create", "s3:PutObject", key), key, content, null);
  }

  @Override
  public PutOutcome replace(String key, Content content, String version) {
    return put(request("replace", "s3:PutObject", key), key, content, version);
  }

  /**
   * @param version the one to be replaced; null where there must be none
   */
  private PutOutcome put(Request request, String key, Content content, @Nullable String version) {
    for (int attempt = 1; ; attempt++) {
      SdkException refusal;
      try {
        PutObjectResponse answer = send(key, content, version);
        if (answer.eTag() == null) {
          throw failures.notS3(request, "the answer to a PUT names no version (ETag)");
        }
        return PutOutcome.CREATED;
      } catch (SdkException e) {
        refusal = e;
      }
      if (version != null && refusal instanceof NoSuchKeyException) {
        return PutOutcome.OTHER; // instead of 412 on MinIO, Versity Gateway and moto
      }
      boolean conditionFailed = hasStatus(refusal, 412) || hasStatus(refusal, 409);
      if (!conditionFailed && !retries.isTransient(refusal)) {
        throw failures.explain(request, refusal);
      }
      // Either way an attempt may have succeeded unheard: the object itself decides.
      Optional<Standing> standing = standing(key, content, request, refusal);
      if (standing.isPresent() && standing.get().same()) {
        return PutOutcome.SAME;
      }
      boolean stillHolds =
          version == null
              ? standing.isEmpty()
              : standing.isPresent() && standing.get().version().equals(version);
      if (!stillHolds) {
        return PutOutcome.OTHER;
      }
      // Cut off on the way; or 409, a race that nobody has won yet; or the winner is gone again.
      boolean answered = refusal instanceof AwsServiceException && !conditionFailed;
      if (answered || attempt == rule.attempts()) {
        throw conditionFailed ? contended(request, refusal) : failures.explain(request, refusal);
      }
      pause(request, attempt);
    }
  }

  private static RetryLaterException contended(Request request, SdkException refusal) {
    return new RetryLaterException(
        request.doing(),
        request.subject(),
        "another write to the same key was under way each time",
        "Run again; if it stays, find out who else writes here.",
        refusal);
  }

  private PutObjectResponse send(String key, Content content, @Nullable String version) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(location.bucket())
            .key(keyPrefix + key)
            .checksumSHA256(Base64.getEncoder().encodeToString(content.sha256()))
            .overrideConfiguration(
                override -> override.apiCallAttemptTimeout(rule.attemptTimeout(content.size())));
    if (version == null) {
      put.ifNoneMatch("*");
    } else {
      put.ifMatch(version);
    }
    if (storageClass != null && content.size() >= SMALLEST_IN_STORAGE_CLASS) {
      put.storageClass(storageClass);
    }
    return reaching(
        () ->
            clients
                .puts()
                .putObject(
                    put.build(),
                    RequestBody.fromContentProvider(
                        content::open, content.size(), "application/octet-stream")));
  }

  private record Standing(boolean same, String version) {}

  private Optional<Standing> standing(
      String key, Content content, Request request, SdkException refusal) {
    try {
      return Optional.of(
          reaching(
              () ->
                  clients
                      .others()
                      .getObject(
                          getRequest(key),
                          (response, body) ->
                              new Standing(
                                  isSame(content, response, body),
                                  String.valueOf(response.eTag())))));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      Request readBack = new Request(request.doing(), "s3:GetObject", request.subject());
      VarveException failure = failures.explain(readBack, e);
      failure.addSuppressed(refusal);
      throw failure;
    }
  }

  private static boolean isSame(
      Content content, GetObjectResponse response, AbortableInputStream body) {
    if (response.contentLength() != null && response.contentLength() != content.size()) {
      body.abort();
      return false;
    }
    byte[] stands = readAll(response, body);
    try (InputStream ours = content.open()) {
      return Arrays.equals(stands, ours.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("content in memory cannot be read", e);
    }
  }

  @Override
  public Optional<StoredObject> get(String key) {
    return get(key, S3Store::whole)
        .map(
            object -> {
              if (object.version().isEmpty()) {
                throw notS3(key);
              }
              return object;
            });
  }

  @Override
  public OptionalInt read(String key, byte[] into) {
    Optional<Integer> size =
        get(
            key,
            (response, body) -> {
              if (response.eTag() == null) {
                return -1;
              }
              Long length = response.contentLength();
              if (length == null || length > into.length) {
                byte[] bytes = readAll(response, body);
                System.arraycopy(bytes, 0, into, 0, Math.min(bytes.length, into.length));
                return bytes.length;
              }
              readAll(body, into, length.intValue());
              return length.intValue();
            });
    if (size.isPresent() && size.get() < 0) {
      throw notS3(key);
    }
    return size.isPresent() ? OptionalInt.of(size.get()) : OptionalInt.empty();
  }

  /** No version shows what a server that is not S3 says to everything. */
  private VarveException notS3(String key) {
    return failures.notS3(
        request("read", "s3:GetObject", key), "the answer to a GET names no version (ETag)");
  }

  private <T> Optional<T> get(String key, ResponseTransformer<GetObjectResponse, T> reading) {
    Request request = request("read", "s3:GetObject", key);
    for (int attempt = 1; ; attempt++) {
      try {
        return Optional.of(reaching(() -> clients.others().getObject(getRequest(key), reading)));
      } catch (NoSuchKeyException e) {
        return Optional.empty();
      } catch (SdkException e) {
        // Altered on the way it reads well the next time; altered in the store it never does.
        if (!S3Failures.isAltered(e) || attempt == READS_OF_ALTERED) {
          throw failures.explain(request, e);
        }
      }
    }
  }

  private static StoredObject whole(GetObjectResponse response, AbortableInputStream body) {
    return new StoredObject(
        readAll(response, body), response.eTag() == null ? "" : response.eTag());
  }

  private GetObjectRequest getRequest(String key) {
    return GetObjectRequest.builder()
        .bucket(location.bucket())
        .key(keyPrefix + key)
        .checksumMode(ChecksumMode.ENABLED)
        .overrideConfiguration(
            // The size is not known beforehand; an idle connection ends sooner anyway.
            override -> override.apiCallAttemptTimeout(rule.attemptTimeout(1L << 30)))
        .build();
  }

  /** Java's URL connection takes a body that ends early for a whole one: so it is counted here. */
  private static byte[] readAll(GetObjectResponse response, AbortableInputStream body) {
    Long length = response.contentLength();
    try {
      if (length == null) {
        return body.readAllBytes();
      }
      byte[] bytes = new byte[Math.toIntExact(length)];
      readAll(body, bytes, bytes.length);
      return bytes;
    } catch (IOException e) {
      throw RetryableException.create("the body broke off", e);
    }
  }

  private static void readAll(AbortableInputStream body, byte[] into, int length) {
    try {
      int read = body.readNBytes(into, 0, length);
      if (read < length) {
        throw RetryableException.create(
            "the body ended after " + read + " of " + length + " bytes");
      }
      // The SDK compares the checksum, where the store sent one, when it meets the end.
      if (body.read() >= 0) {
        throw RetryableException.create("the body is longer than announced");
      }
    } catch (IOException e) {
      throw RetryableException.create("the body broke off", e);
    }
  }

  @Override
  public void list(String prefix, Consumer<ObjectInfo> each) {
    Request request = new Request("list", "s3:ListBucket", location.uri() + "/" + prefix);
    String continuation = null;
    do {
      ListObjectsV2Response page = page(request, prefix, null, continuation);
      for (S3Object object : page.contents()) {
        each.accept(
            new ObjectInfo(
                object.key().substring(keyPrefix.length()), object.size(), object.lastModified()));
      }
      continuation = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (continuation != null);
  }

  @Override
  public List<String> folders(String prefix) {
    Request request = new Request("list", "s3:ListBucket", location.uri() + "/" + prefix);
    List<String> folders = new ArrayList<>();
    String continuation = null;
    do {
      ListObjectsV2Response page = page(request, prefix, "/", continuation);
      for (CommonPrefix common : page.commonPrefixes()) {
        String folder = common.prefix().substring(keyPrefix.length() + prefix.length());
        folders.add(folder.substring(0, folder.length() - 1));
      }
      continuation = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (continuation != null);
    return folders;
  }

  private ListObjectsV2Response page(
      Request request, String prefix, @Nullable String delimiter, @Nullable String continuation) {
    ListObjectsV2Response page;
    try {
      page =
          reaching(
              () ->
                  clients
                      .others()
                      .listObjectsV2(
                          ListObjectsV2Request.builder()
                              .bucket(location.bucket())
                              .prefix(keyPrefix + prefix)
                              .delimiter(delimiter)
                              .continuationToken(continuation)
                              // Without it XML cannot carry some characters of keys.
                              .encodingType(EncodingType.URL)
                              .overrideConfiguration(
                                  override ->
                                      override.apiCallAttemptTimeout(rule.attemptTimeout(0)))
                              .build()));
    } catch (SdkException e) {
      throw failures.explain(request, e);
    }
    if (page.name() == null && page.isTruncated() == null) {
      throw failures.notS3(request, "the answer to a listing is no S3 document");
    }
    return page;
  }

  @Override
  public void delete(String key) {
    Request request = request("delete", "s3:DeleteObject", key);
    try {
      reaching(
          () ->
              clients
                  .others()
                  .deleteObject(delete -> delete.bucket(location.bucket()).key(keyPrefix + key)));
    } catch (NoSuchKeyException e) {
      // Some stores say so; either way it is gone.
      return;
    } catch (SdkException e) {
      throw failures.explain(request, e);
    }
  }

  /** With the slash at its end; empty for the whole bucket. */
  String keyPrefix() {
    return keyPrefix;
  }

  /** The bucket's lifecycle rules; empty where the store does not know or does not tell them. */
  Optional<List<LifecycleRule>> lifecycleRules() {
    Request request =
        new Request("read the lifecycle rules of", "s3:GetLifecycleConfiguration", location.uri());
    try {
      return Optional.of(
          reaching(
                  () ->
                      clients
                          .others()
                          .getBucketLifecycleConfiguration(get -> get.bucket(location.bucket())))
              .rules());
    } catch (S3Exception e) {
      return switch (S3Retries.code(e)) {
        case "NoSuchLifecycleConfiguration" -> Optional.of(List.of());
        case "NoSuchBucket" -> throw failures.explain(request, e);
        // No right to read them, or a store without them. What else is wrong, a put will tell.
        default -> Optional.empty();
      };
    } catch (SdkException e) {
      throw failures.explain(request, e);
    }
  }

  @Override
  public void close() {
    clients.close();
  }

  private Request request(String doing, String action, String key) {
    ObjectKeys.check(doing, location.uri(), keyPrefix, key);
    return new Request(doing, action, location.uri() + "/" + key);
  }

  private <T> T reaching(Supplier<T> call) {
    try {
      T answer = call.get();
      retries.markReached();
      return answer;
    } catch (AwsServiceException e) {
      retries.markReached();
      if (!e.isClockSkewException()) {
        throw e;
      }
      // The SDK has taken over the store's time from the refusal.
      return call.get();
    }
  }

  private static boolean hasStatus(SdkException failure, int status) {
    return failure instanceof S3Exception refused && refused.statusCode() == status;
  }

  private void pause(Request request, int attempt) {
    long longest =
        Math.min(
            rule.longestDelay().toMillis(),
            rule.firstDelay().toMillis() << Math.min(attempt - 1, 20));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(longest + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetryLaterException(
          request.doing(), request.subject(), "it was interrupted", "Run again.", e);
    }
  }
}
