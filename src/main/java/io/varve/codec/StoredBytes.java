package io.varve.codec;

/**
 * The stored bytes of one part after another, in an array that is used again: it grows to the
 * largest. For one thread at a time.
 */
public final class StoredBytes {

  private byte[] array = new byte[0];
  private int length;

  /** The array, with room for so many bytes and one more; what it held is gone. */
  public byte[] room(long bytes) {
    if (array.length <= bytes) {
      array = new byte[Math.toIntExact(bytes + 1)];
    }
    length = 0;
    return array;
  }

  /** So many bytes are in it. */
  public void filled(int bytes) {
    length = bytes;
  }

  byte[] array() {
    return array;
  }

  public int length() {
    return length;
  }
}
