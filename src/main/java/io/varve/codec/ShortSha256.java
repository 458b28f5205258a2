package io.varve.codec;

import io.varve.store.Sha256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of many short messages, each in one array with room behind it. In a native executable
 * {@link NativeShortSha256} takes its place. Not thread-safe.
 */
final class ShortSha256 {

  static final int BLOCK_BYTES = 64;

  /** What the array has to have behind the message: padding up to a whole block. */
  static final int ROOM_BYTES = BLOCK_BYTES + Long.BYTES;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final MessageDigest sha256 = Sha256.newDigest();
  private final byte[] digest = new byte[32];

  /** What the native form works with. */
  @SuppressWarnings("UnusedVariable")
  private @Nullable Object sha2OfJdk;

  /**
   * The first eight bytes of the hash.
   *
   * @param data from its start; what is behind the message is overwritten
   */
  long firstEightBytes(byte[] data, int length) {
    sha256.update(data, 0, length);
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes hold a SHA-256", e);
    }
    return (long) LONG.get(digest, 0);
  }
}
