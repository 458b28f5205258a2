package io.varve.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.varve.store.Sha256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The 64-bit hash of a row: the first eight bytes of the SHA-256 of its canonical bytes.
 *
 * <p>Canonical bytes are, joined by a NUL: the length of each {@link ColumnForm#BYTES} column, each
 * {@link ColumnForm#FIXED} value, each {@link ColumnForm#DIGEST}, then the bytes of each {@code
 * BYTES} column that is not NULL. Lengths come first, so that no two different rows have the same
 * canonical bytes. Allocates nothing for a row but what a {@code DIGEST} column takes. Not
 * thread-safe.
 */
public final class RowHasher {

  private static final HexFormat HEX = HexFormat.of();
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final int[] bytesColumns;
  private final int[] fixedColumns;
  private final int[] digestColumns;
  private final MessageDigest sha256 = Sha256.newDigest();
  private final byte[] digest = new byte[32];
  private byte[] canonical = new byte[4096];
  private int length;

  public RowHasher(List<ColumnForm> columns) {
    bytesColumns = columnsOf(columns, ColumnForm.BYTES);
    fixedColumns = columnsOf(columns, ColumnForm.FIXED);
    digestColumns = columnsOf(columns, ColumnForm.DIGEST);
  }

  private static int[] columnsOf(List<ColumnForm> columns, ColumnForm form) {
    return IntStream.range(0, columns.size()).filter(i -> columns.get(i) == form).toArray();
  }

  /** The hash of a row whose fields are in the order of the columns; null is NULL. */
  public long hash(byte[] @Nullable [] fields) {
    length = 0;
    for (int column : bytesColumns) {
      byte[] value = fields[column];
      if (value != null) {
        appendDecimal(value.length);
      }
      separate();
    }
    for (int column : fixedColumns) {
      append(fields[column]);
      separate();
    }
    for (int column : digestColumns) {
      byte[] value = fields[column];
      if (value != null) {
        append(HEX.formatHex(sha256.digest(value)).getBytes(US_ASCII));
      }
      separate();
    }
    for (int column : bytesColumns) {
      if (fields[column] != null) {
        append(fields[column]);
        separate();
      }
    }
    return firstEightBytes(canonicalBytes());
  }

  /** Of the row hashed last. */
  int canonicalBytes() {
    return length - 1; // without the last separator
  }

  private long firstEightBytes(int count) {
    try {
      sha256.update(canonical, 0, count);
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes hold a SHA-256", e);
    }
    return (long) LONG.get(digest, 0);
  }

  private void separate() {
    reserve(1);
    canonical[length++] = 0;
  }

  private void append(byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    reserve(value.length);
    System.arraycopy(value, 0, canonical, length, value.length);
    length += value.length;
  }

  private void appendDecimal(int value) {
    reserve(10);
    int digits = 1;
    for (int rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    int rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      canonical[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  private void reserve(int more) {
    if (length + more > canonical.length) {
      canonical = Arrays.copyOf(canonical, Math.max(length + more, 2 * canonical.length));
    }
  }
}
