package io.varve.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The one seam to storage: whole objects below a prefix, written at most once or replaced by
 * condition.
 *
 * <p>Keys are relative to the store's prefix, segments separated by {@code /}, without empty,
 * {@code .} or {@code ..} segments. Implementations are thread-safe and retry what is transient
 * (500, 503, timeouts, resets) with backoff without a second effect. After that, failures are
 * {@link io.varve.VarveException}s: {@link io.varve.RetryLaterException} where the store is away,
 * {@link io.varve.InvalidRequestException} where it refuses (bucket missing, access denied, wrong
 * clock, not S3).
 *
 * <p>After a {@code RetryLaterException} from a put its effect is not known: the request may have
 * been cut off before the store or after it.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * Where objects lie, as the user wrote it ({@code s3://bucket/prefix}), for messages; holds no
   * secret.
   */
  String location();

  /**
   * Puts an object unless its key is taken (S3's {@code If-None-Match: *}). One request; two where
   * the key is taken or the answer was lost, for then the object is read back and compared, so that
   * a retry that meets its own success is {@link PutOutcome#SAME}.
   */
  PutOutcome create(String key, Content content);

  /**
   * Replaces an object if it is still the version read before (S3's {@code If-Match}). The content
   * must hold something unique to its writer, for after a lost answer it is read back and compared.
   * {@link PutOutcome#OTHER} where the object has another version or does not exist.
   */
  PutOutcome replace(String key, Content content, String version);

  /**
   * Reads a whole object into memory; empty where there is none. A body shorter than announced is
   * read again. Where the store keeps a checksum, bytes that do not have it are read again and then
   * are {@link io.varve.DamageFoundException}; not every store does, so callers compare their own.
   */
  Optional<StoredObject> get(String key);

  /**
   * As {@link #get}, into an array that is used again: for large objects, of which each would
   * otherwise be garbage of its size.
   *
   * @return the object's size, of which the array holds as much as fits; empty where there is none
   */
  default OptionalInt read(String key, byte[] into) {
    Optional<StoredObject> object = get(key);
    if (object.isEmpty()) {
      return OptionalInt.empty();
    }
    byte[] content = object.get().content();
    System.arraycopy(content, 0, into, 0, Math.min(content.length, into.length));
    return OptionalInt.of(content.length);
  }

  /**
   * Calls back for every object whose key starts with the prefix, in key order, a page (1,000) a
   * request.
   */
  void list(String prefix, Consumer<ObjectInfo> each);

  /**
   * The names, without the slash, of what lies one level below a prefix and has more below it, in
   * key order; a page (1,000) a request.
   *
   * @param prefix empty, or ending in a slash
   */
  List<String> folders(String prefix);

  /** Deletes an object; no error where there is none. */
  void delete(String key);

  @Override
  void close();
}
