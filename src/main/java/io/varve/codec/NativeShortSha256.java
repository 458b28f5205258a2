package io.varve.codec;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.jspecify.annotations.Nullable;

/**
 * {@link ShortSha256} in a native executable: calls Java's own compression function, which is the
 * CPU's instruction, without the layers of java.security around it. They take 42 of 230 ns for a
 * row of 200 bytes, and the native compiler cannot see through them as the JVM does.
 */
@TargetClass(ShortSha256.class)
final class NativeShortSha256 {

  @Alias @Nullable Object sha2OfJdk;

  @Substitute
  long firstEightBytes(byte[] data, int length) {
    if (sha2OfJdk == null) {
      sha2OfJdk = new Sha256();
    }
    Sha2 sha2 = (Sha2) sha2OfJdk;
    int end = (length + 8 + ShortSha256.BLOCK_BYTES) & -ShortSha256.BLOCK_BYTES;
    data[length] = (byte) 0x80;
    for (int i = length + 1; i < end - 8; i++) {
      data[i] = 0;
    }
    ShortSha256.LONG.set(data, end - 8, (long) length * 8);
    sha2.implReset();
    for (int block = 0; block < end; block += ShortSha256.BLOCK_BYTES) {
      sha2.implCompress0(data, block);
    }
    return ((long) sha2.state[0] << 32) | (sha2.state[1] & 0xffffffffL);
  }

  /** The JDK's implementation of SHA-224 and SHA-256. */
  @TargetClass(className = "sun.security.provider.SHA2")
  static final class Sha2 {

    @SuppressWarnings("NullAway.Init")
    @Alias
    int[] state;

    @Alias
    native void implReset();

    @Alias
    native void implCompress0(byte[] data, int offset);
  }

  /** The one with the initial values of SHA-256. */
  @TargetClass(className = "sun.security.provider.SHA2", innerClass = "SHA256")
  static final class Sha256 {

    @Alias
    Sha256() {}
  }
}
