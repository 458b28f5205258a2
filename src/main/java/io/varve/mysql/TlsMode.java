package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.util.Locale;

/** How far a connection is encrypted, in the words of the MySQL clients' {@code --ssl-mode}. */
public enum TlsMode {
  DISABLED,
  /** Encrypted if the server can; not safe from someone in between. */
  PREFERRED,
  REQUIRED,
  /** The server's certificate must come from the given (or the system's) authorities. */
  VERIFY_CA,
  /** As {@link #VERIFY_CA}, and the certificate must be for the host that was asked for. */
  VERIFY_IDENTITY;

  /** Takes {@code verify-ca}, {@code VERIFY_CA} and the like. */
  public static TlsMode parse(String text) {
    for (TlsMode mode : values()) {
      if (mode.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_'))) {
        return mode;
      }
    }
    throw new InvalidRequestException(
        "use the TLS mode",
        "'" + text + "'",
        "there is no such mode",
        "The modes are disabled, preferred, required, verify-ca and verify-identity.");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
