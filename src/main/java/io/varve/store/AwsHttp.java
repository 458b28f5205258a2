package io.varve.store;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * The HTTP client of all the SDK's clients: with the proxy and the authorities that are asked for.
 */
public final class AwsHttp {

  private AwsHttp() {}

  /**
   * Makes no request.
   *
   * @param target where requests go, for the choice of a proxy
   * @param idleTimeout for the next byte of an answer
   * @param environment {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code NO_PROXY} and {@code
   *     AWS_CA_BUNDLE} count
   * @throws io.varve.InvalidRequestException if one of these is not of its form
   */
  public static SdkHttpClient open(
      URI target, Duration connectTimeout, Duration idleTimeout, Map<String, String> environment) {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(connectTimeout)
            .socketTimeout(idleTimeout)
            .proxyConfiguration(proxy(OutboundProxy.of(target, environment)));
    String bundle = environment.get("AWS_CA_BUNDLE");
    if (bundle != null && !bundle.isBlank()) {
      TrustManager[] trusted = CertificateBundle.trustManagers(bundle);
      http.tlsTrustManagersProvider(() -> trusted);
    }
    return http.build();
  }

  private static ProxyConfiguration proxy(Optional<URI> proxy) {
    ProxyConfiguration.Builder configuration =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariablesValues(false)
            .nonProxyHosts(Set.of());
    proxy.ifPresent(
        uri -> {
          configuration.endpoint(
              URI.create(
                  uri.getScheme()
                      + "://"
                      + uri.getHost()
                      + ":"
                      + (uri.getPort() < 0 ? 80 : uri.getPort())));
          String userInfo = uri.getUserInfo();
          if (userInfo != null) {
            int colon = userInfo.indexOf(':');
            configuration.username(colon < 0 ? userInfo : userInfo.substring(0, colon));
            configuration.password(colon < 0 ? "" : userInfo.substring(colon + 1));
          }
        });
    return configuration.build();
  }
}
