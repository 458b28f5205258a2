package io.varve.client;

import io.varve.InvalidRequestException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a server is: {@code https://varve.example.com}, with a path where a proxy has it below one.
 *
 * @param uri without a slash at its end
 */
public record ServerUrl(URI uri) {

  private static final String HINT =
      "Give it as in https://varve.example.com or http://127.0.0.1:8080.";

  /**
   * Understands an address.
   *
   * @throws InvalidRequestException if it is none, or holds a password, or a query
   */
  public static ServerUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text.strip().replaceFirst("/+$", ""));
    } catch (URISyntaxException malformed) {
      throw wrong("it is no URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw wrong("it is no URL of http or https with a host");
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw wrong("it has more than a host, a port and a path");
    }
    return new ServerUrl(uri);
  }

  /** The text may hold a password, so it is not shown. */
  private static InvalidRequestException wrong(String reason) {
    return new InvalidRequestException("use", "the address of the server", reason, HINT);
  }

  /** Whether what is sent there can be read on its way. */
  boolean isOpenToOthers() {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    boolean loopback =
        host.equals("localhost")
            || host.endsWith(".localhost")
            || host.matches("127(\\.[0-9]{1,3}){3}")
            || host.equals("[::1]");
    return uri.getScheme().equalsIgnoreCase("http") && !loopback;
  }

  URI resource(String path) {
    return URI.create(uri + "/api/v1" + path);
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
