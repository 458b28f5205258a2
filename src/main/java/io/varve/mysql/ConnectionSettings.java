package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Where a server is and how to log in to it.
 *
 * @param credentials asked for each connection; what user the address may name plays no part any
 *     more
 * @param allowPublicKeyRetrieval whether the driver may ask the server for the RSA key that
 *     protects a {@code caching_sha2_password} login without TLS; someone in between could send
 *     another key and read the password
 * @param connectTimeout for reaching the server and, again, for each answer until logged in
 */
public record ConnectionSettings(
    ServerAddress address,
    Credentials credentials,
    TlsSettings tls,
    boolean allowPublicKeyRetrieval,
    Duration connectTimeout) {

  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

  public ConnectionSettings {
    requireNonNull(address, "address is null");
    requireNonNull(credentials, "credentials is null");
    requireNonNull(tls, "tls is null");
    requireNonNull(connectTimeout, "connectTimeout is null");
  }

  /** TLS preferred, no retrieval of public keys, ten seconds to connect. */
  public static ConnectionSettings of(ServerAddress address, String user, Secret password) {
    return of(address, Credentials.fixed(user, password));
  }

  /** As {@link #of(ServerAddress, String, Secret)}, with a login that may change. */
  public static ConnectionSettings of(ServerAddress address, Credentials credentials) {
    return new ConnectionSettings(
        address, credentials, TlsSettings.of(TlsMode.PREFERRED), false, DEFAULT_CONNECT_TIMEOUT);
  }

  public ConnectionSettings withTls(TlsSettings other) {
    return new ConnectionSettings(
        address, credentials, other, allowPublicKeyRetrieval, connectTimeout);
  }

  public ConnectionSettings withPublicKeyRetrieval() {
    return new ConnectionSettings(address, credentials, tls, true, connectTimeout);
  }

  public ConnectionSettings withConnectTimeout(Duration timeout) {
    return new ConnectionSettings(address, credentials, tls, allowPublicKeyRetrieval, timeout);
  }
}
