package io.varve.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of an object to be put: held in memory and unchanging, so that a retry sends the same
 * ones again.
 */
public interface Content {

  long size();

  /** A new stream over all the bytes; callable any number of times. */
  InputStream open();

  /** Writes all the bytes. */
  default void writeTo(WritableByteChannel channel) throws IOException {
    try (InputStream in = open()) {
      in.transferTo(Channels.newOutputStream(channel));
    }
  }

  /** SHA-256 of all the bytes, 32 bytes: sent along where the store checks it. */
  byte[] sha256();

  static Content of(byte[] bytes) {
    return new Content() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public byte[] sha256() {
        return Sha256.of(bytes);
      }
    };
  }

  static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }
}
