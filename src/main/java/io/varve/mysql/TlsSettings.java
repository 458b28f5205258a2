package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a connection needs to know for TLS.
 *
 * @param authorities whose certificates are trusted, where the mode looks at them
 * @param clientCertificate PEM file of the certificate (chain) to show to the server, if any
 * @param clientKey PEM file of its private key, PKCS #8 without a password
 */
public record TlsSettings(
    TlsMode mode,
    Authorities authorities,
    @Nullable Path clientCertificate,
    @Nullable Path clientKey) {

  public TlsSettings {
    requireNonNull(mode, "mode is null");
    requireNonNull(authorities, "authorities is null");
  }

  public static TlsSettings of(TlsMode mode) {
    return new TlsSettings(mode, new Authorities.OfSystem(), null, null);
  }

  public TlsSettings withAuthorities(Authorities others) {
    return new TlsSettings(mode, others, clientCertificate, clientKey);
  }

  public TlsSettings withClientCertificate(Path certificate, Path key) {
    return new TlsSettings(mode, authorities, certificate, key);
  }
}
