package io.varve.store;

import io.varve.InvalidRequestException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that the environment asks for: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * NO_PROXY}, in capitals or small letters as with curl.
 *
 * <p>Decided here and once: the SDK's URL connection client reads {@code HTTP_PROXY} for https too,
 * and takes the entries of {@code NO_PROXY} for regular expressions.
 */
final class OutboundProxy {

  private OutboundProxy() {}

  /**
   * @param target where requests go: scheme and host count
   */
  static Optional<URI> of(URI target, Map<String, String> environment) {
    String host = target.getHost();
    boolean secure = "https".equalsIgnoreCase(target.getScheme());
    String name = secure ? "HTTPS_PROXY" : "HTTP_PROXY";
    String proxy = variable(environment, name);
    if (proxy == null || host == null || isExcluded(host, variable(environment, "NO_PROXY"))) {
      return Optional.empty();
    }
    try {
      URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException ignored) {
      // The cause would repeat the value, and a proxy's address may hold a password.
    }
    throw new InvalidRequestException(
        "use the proxy in",
        name,
        "it is not of the form http://host:port",
        "Correct " + name + " or unset it; NO_PROXY lists hosts that are reached without it.");
  }

  private static @Nullable String variable(Map<String, String> environment, String name) {
    String value = environment.get(name.toLowerCase(Locale.ROOT));
    if (value == null || value.isBlank()) {
      value = environment.get(name);
    }
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static boolean isExcluded(String host, @Nullable String list) {
    if (list == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    for (String each : list.toLowerCase(Locale.ROOT).split("[,\\s|]+")) {
      String entry = each.replaceFirst(":\\d+$", "");
      if (entry.equals("*")) {
        return true;
      }
      entry = entry.replaceFirst("^\\*?\\.", "");
      if (!entry.isEmpty() && (name.equals(entry) || name.endsWith("." + entry))) {
        return true;
      }
    }
    return false;
  }
}
