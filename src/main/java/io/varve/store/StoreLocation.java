package io.varve.store;

import io.varve.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address of a store as a user writes it: {@code s3://bucket/prefix} or {@code
 * file:///absolute/path}.
 *
 * <p>Holds no secret: an address with credentials in it is refused without being repeated.
 */
public sealed interface StoreLocation {

  /** The address in its normal form: no slash at the end. */
  String uri();

  /**
   * @param prefix without a slash at either end; empty for the whole bucket
   */
  record S3(String bucket, String prefix) implements StoreLocation {

    @Override
    public String uri() {
      return prefix.isEmpty() ? "s3://" + bucket : "s3://" + bucket + "/" + prefix;
    }
  }

  record Folder(Path path) implements StoreLocation {

    @Override
    public String uri() {
      return "file://" + path;
    }
  }

  /**
   * @throws InvalidRequestException if the text is no address of a store
   */
  static StoreLocation parse(String text) {
    String address = text.strip();
    String scheme = address.toLowerCase(Locale.ROOT);
    if (scheme.startsWith("s3://")) {
      return LocationParser.s3(address.substring("s3://".length()));
    }
    if (scheme.startsWith("file:")) {
      return LocationParser.folder(address.substring("file:".length()));
    }
    throw LocationParser.refused(
        LocationParser.redacted(address),
        "it is neither an S3 address nor a file address",
        "Write s3://bucket/prefix for a bucket or file:///absolute/path for a folder.");
  }
}

final class LocationParser {

  /** What AWS allows, and besides what old buckets and other stores allow. */
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}");

  private static final int LONGEST_PREFIX_BYTES = 512;

  private LocationParser() {}

  static StoreLocation.S3 s3(String rest) {
    int slash = rest.indexOf('/');
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    String shown = "s3://" + redacted(rest);
    if (bucket.indexOf('@') >= 0 || bucket.indexOf(':') >= 0) {
      throw refused(
          shown,
          "the place of the bucket's name holds credentials or a port",
          "Write s3://bucket/prefix; keys belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or"
              + " a profile, the server's address in --s3-endpoint.");
    }
    if (!BUCKET.matcher(bucket).matches()) {
      throw refused(
          shown,
          bucket.isEmpty() ? "it names no bucket" : "'" + bucket + "' is no bucket name",
          "Write s3://bucket/prefix.");
    }
    String prefix = slash < 0 ? "" : rest.substring(slash + 1);
    while (prefix.endsWith("/")) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    if (prefix.indexOf('?') >= 0 || prefix.indexOf('#') >= 0) {
      throw refused(
          shown,
          "its prefix holds a '?' or a '#'",
          "Options are not part of the address: see --s3-endpoint, --s3-path-style and"
              + " --storage-class.");
    }
    if (!prefix.isEmpty() && !ObjectKeys.isWellFormed(prefix)) {
      throw refused(
          shown,
          "its prefix has an empty, '.' or '..' segment",
          "Write s3://bucket/prefix with single slashes.");
    }
    if (prefix.getBytes(StandardCharsets.UTF_8).length > LONGEST_PREFIX_BYTES) {
      throw refused(
          shown,
          "its prefix is longer than " + LONGEST_PREFIX_BYTES + " bytes",
          "A key has 1024 bytes in all: choose a shorter prefix.");
    }
    return new StoreLocation.S3(bucket, prefix);
  }

  static StoreLocation.Folder folder(String rest) {
    String shown = "file:" + rest;
    String path = rest;
    if (rest.startsWith("//")) {
      path = rest.substring(2);
      if (path.startsWith("localhost/")) {
        path = path.substring("localhost".length());
      }
    }
    if (!path.startsWith("/")) {
      throw refused(
          shown,
          "it is not an absolute path on this machine",
          "Write file:///absolute/path, with three slashes.");
    }
    try {
      return new StoreLocation.Folder(Path.of(percentDecoded(path)).normalize());
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          "open the store",
          shown,
          "its path cannot be read",
          "Write file:///absolute/path, with %25 for a percent sign.",
          e);
    }
  }

  static InvalidRequestException refused(String shown, String reason, String hint) {
    return new InvalidRequestException(
        "open the store", shown.isEmpty() ? "(no address)" : shown, reason, hint);
  }

  /** An address typed by hand may hold {@code key:secret@}: that much is never repeated. */
  static String redacted(String address) {
    int at = address.lastIndexOf('@');
    if (at < 0) {
      return address;
    }
    int scheme = address.indexOf("://");
    return (scheme >= 0 && scheme < at ? address.substring(0, scheme + 3) : "")
        + "***"
        + address.substring(at);
  }

  private static String percentDecoded(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    byte[] decoded = new byte[bytes.length];
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded[length++] = bytes[i];
        continue;
      }
      if (i + 2 >= bytes.length) {
        throw new IllegalArgumentException("a percent sign without two digits");
      }
      int high = Character.digit(bytes[i + 1], 16);
      int low = Character.digit(bytes[i + 2], 16);
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("a percent sign without two digits");
      }
      decoded[length++] = (byte) (high << 4 | low);
      i += 2;
    }
    return new String(decoded, 0, length, StandardCharsets.UTF_8);
  }
}
