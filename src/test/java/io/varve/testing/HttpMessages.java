package io.varve.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** As much of HTTP/1.1 as {@link FaultyProxy} needs to read. */
final class HttpMessages {

  private HttpMessages() {}

  /** Without its line end; empty at the end of the stream, too. */
  static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  static Map<String, String> readHeaders(InputStream in) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new EOFException("the connection ended within a header");
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + "," + b);
    }
    return headers;
  }

  /**
   * @param unannounced what to take for the body where no header tells of one; null: all there is
   */
  static byte[] readBody(InputStream in, Map<String, String> headers, byte @Nullable [] unannounced)
      throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int length = Integer.parseInt(readLine(in).replaceFirst(";.*", "").strip(), 16);
        body.writeBytes(exactly(in, length));
        readLine(in);
        if (length == 0) {
          return body.toByteArray();
        }
      }
    }
    String length = headers.get("content-length");
    if (length != null) {
      return exactly(in, Integer.parseInt(length));
    }
    return unannounced == null ? in.readAllBytes() : unannounced;
  }

  static FaultyProxy.Answer readAnswer(InputStream in, String method) throws IOException {
    String first = readLine(in);
    if (first.isEmpty()) {
      throw new EOFException("the server closed the connection without an answer");
    }
    int status = Integer.parseInt(first.split(" ")[1]);
    Map<String, String> headers = readHeaders(in);
    if (status == 100) {
      return readAnswer(in, method);
    }
    boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
    byte[] body = bodiless ? new byte[0] : readBody(in, headers, null);
    return new FaultyProxy.Answer(status, headers, body);
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the stream ended early");
    }
    return bytes;
  }
}
