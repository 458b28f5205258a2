package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Where a server is and how to log in to it.
 *
 * @param user the user to log in as; what the address may name is already taken into account
 * @param allowPublicKeyRetrieval whether the driver may ask the server for the RSA key that
 *     protects a {@code caching_sha2_password} login without TLS; someone in between could send
 *     another key and read the password
 * @param connectTimeout for reaching the server and, again, for each answer until logged in
 */
public record ConnectionSettings(
    ServerAddress address,
    String user,
    Secret password,
    TlsSettings tls,
    boolean allowPublicKeyRetrieval,
    Duration connectTimeout) {

  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

  public ConnectionSettings {
    requireNonNull(address, "address is null");
    requireNonNull(user, "user is null");
    requireNonNull(password, "password is null");
    requireNonNull(tls, "tls is null");
    requireNonNull(connectTimeout, "connectTimeout is null");
  }

  /** TLS preferred, no retrieval of public keys, ten seconds to connect. */
  public static ConnectionSettings of(ServerAddress address, String user, Secret password) {
    return new ConnectionSettings(
        address, user, password, TlsSettings.of(TlsMode.PREFERRED), false, DEFAULT_CONNECT_TIMEOUT);
  }

  public ConnectionSettings withTls(TlsSettings other) {
    return new ConnectionSettings(
        address, user, password, other, allowPublicKeyRetrieval, connectTimeout);
  }

  public ConnectionSettings withPublicKeyRetrieval() {
    return new ConnectionSettings(address, user, password, tls, true, connectTimeout);
  }

  public ConnectionSettings withConnectTimeout(Duration timeout) {
    return new ConnectionSettings(address, user, password, tls, allowPublicKeyRetrieval, timeout);
  }
}
