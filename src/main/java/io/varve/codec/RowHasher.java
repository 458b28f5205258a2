package io.varve.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.varve.store.Sha256;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

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
  private static final int STAGE_BYTES = 16 * 1024;

  /** Values up to here are copied right here: for them a call takes longer than the copy. */
  private static final int SHORT_BYTES = 256;

  private final int[] bytesColumns;
  private final int[] fixedColumns;
  private final int[] digestColumns;
  private final MessageDigest sha256 = Sha256.newDigest();
  private final MessageDigest ofValue = Sha256.newDigest();
  private final ShortSha256 ofShort = new ShortSha256();
  private final byte[] digest = new byte[32];
  private final byte[] stage = new byte[STAGE_BYTES + ShortSha256.ROOM_BYTES];
  private int staged;
  private long hashedBytes;

  public RowHasher(List<ColumnForm> columns) {
    bytesColumns = columnsOf(columns, ColumnForm.BYTES);
    fixedColumns = columnsOf(columns, ColumnForm.FIXED);
    digestColumns = columnsOf(columns, ColumnForm.DIGEST);
  }

  private static int[] columnsOf(List<ColumnForm> columns, ColumnForm form) {
    return IntStream.range(0, columns.size()).filter(i -> columns.get(i) == form).toArray();
  }

  /** The hash of a row whose fields are in the order of the columns. */
  public long hash(Row row) {
    staged = 0;
    hashedBytes = 0;
    for (int column : bytesColumns) {
      if (!row.isNull(column)) {
        appendDecimal(row.length(column));
      }
      separate();
    }
    for (int column : fixedColumns) {
      append(row, column);
      separate();
    }
    for (int column : digestColumns) {
      if (!row.isNull(column)) {
        ofValue.update(row.array(column), row.offset(column), row.length(column));
        appendHex(ofValue.digest());
      }
      separate();
    }
    for (int column : bytesColumns) {
      if (!row.isNull(column)) {
        append(row, column);
        separate();
      }
    }
    staged--; // there is none after the last
    if (hashedBytes == 0) {
      hashedBytes = staged;
      return ofShort.firstEightBytes(stage, staged);
    }
    flush();
    return firstEightBytes();
  }

  /** Of the row hashed last. */
  long canonicalBytes() {
    return hashedBytes;
  }

  private long firstEightBytes() {
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes hold a SHA-256", e);
    }
    return (long) ShortSha256.LONG.get(digest, 0);
  }

  private void flush() {
    sha256.update(stage, 0, staged);
    hashedBytes += staged;
    staged = 0;
  }

  private void separate() {
    reserve(1);
    stage[staged++] = 0;
  }

  private void append(Row row, int column) {
    int bytes = row.length(column);
    if (bytes <= 0) {
      return;
    }
    if (bytes > STAGE_BYTES / 2) {
      flush();
      sha256.update(row.array(column), row.offset(column), bytes);
      hashedBytes += bytes;
      return;
    }
    reserve(bytes);
    byte[] from = row.array(column);
    int offset = row.offset(column);
    if (bytes <= SHORT_BYTES && offset + bytes + Long.BYTES <= from.length) {
      for (int i = 0; i < bytes; i += Long.BYTES) {
        ShortSha256.LONG.set(stage, staged + i, (long) ShortSha256.LONG.get(from, offset + i));
      }
    } else {
      System.arraycopy(from, offset, stage, staged, bytes);
    }
    staged += bytes;
  }

  private void appendHex(byte[] bytes) {
    byte[] hex = HEX.formatHex(bytes).getBytes(US_ASCII);
    reserve(hex.length);
    System.arraycopy(hex, 0, stage, staged, hex.length);
    staged += hex.length;
  }

  private void appendDecimal(int value) {
    reserve(10);
    int digits = 1;
    for (int rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    int rest = value;
    for (int at = staged + digits - 1; at >= staged; at--) {
      stage[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    staged += digits;
  }

  private void reserve(int more) {
    if (staged + more > STAGE_BYTES) {
      flush();
    }
  }
}
