package io.varve.mysql;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a connection needs to know for TLS.
 *
 * @param authorities PEM file of the certificate authorities to trust; null: those of the system
 * @param clientCertificate PEM file of the certificate (chain) to show to the server, if any
 * @param clientKey PEM file of its private key, PKCS #8 without a password
 */
public record TlsSettings(
    TlsMode mode,
    @Nullable Path authorities,
    @Nullable Path clientCertificate,
    @Nullable Path clientKey) {

  public static TlsSettings of(TlsMode mode) {
    return new TlsSettings(mode, null, null, null);
  }

  public TlsSettings withAuthorities(Path file) {
    return new TlsSettings(mode, file, clientCertificate, clientKey);
  }
}
