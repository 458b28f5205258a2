package io.varve.mysql;

import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.conf.RuntimeProperty;
import io.varve.InvalidRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The authorities to trust and the certificate to show, as the texts they are: in memory alone, for
 * a function has no disk to write on.
 *
 * <p>The driver takes neither but by the URL of a key store. It does hand properties that it does
 * not know to the socket factory that a property names: so these texts reach {@link
 * TlsSocketFactory}, also for the connections that the driver opens by itself.
 *
 * @param authorities PEM; null for those of the system
 * @param certificate PEM of the client's chain; null for none
 * @param key PEM of its key; there where the certificate is
 */
record TlsMaterial(
    @Nullable String authorities, @Nullable String certificate, @Nullable Secret key) {

  private static final String RDS = "rds-global-bundle.pem";

  private static final String AUTHORITIES = "varveAuthorities";
  private static final String CERTIFICATE = "varveClientCertificate";
  private static final String KEY = "varveClientKey";

  /**
   * Reads the files that the settings name.
   *
   * @throws InvalidRequestException if one cannot be read or holds something else
   */
  static TlsMaterial read(TlsSettings settings) {
    Path certificate = settings.clientCertificate();
    Path key = settings.clientKey();
    if ((certificate == null) != (key == null)) {
      throw new InvalidRequestException(
          "use the client certificate",
          String.valueOf(certificate == null ? key : certificate),
          "certificate and key belong together and one is missing",
          "Name both files or none.");
    }
    @Nullable String trusted = trusted(settings.authorities());
    if (certificate == null || key == null) {
      return new TlsMaterial(trusted, null, null);
    }
    try {
      TlsMaterial material =
          new TlsMaterial(trusted, Files.readString(certificate), Secret.of(Files.readString(key)));
      material.keyManagers();
      return material;
    } catch (GeneralSecurityException | IOException failed) {
      throw unusable("use the client certificate in", certificate.toString(), failed);
    }
  }

  private static @Nullable String trusted(Authorities authorities) {
    return switch (authorities) {
      case Authorities.OfSystem system -> null;
      case Authorities.OfRds rds -> ofRds();
      case Authorities.Pem pem -> checked(pem.text(), "the text of the settings");
      case Authorities.InFile file -> {
        try {
          yield checked(Files.readString(file.path()), file.path().toString());
        } catch (IOException failed) {
          throw unusable("use the certificate authorities in", file.path().toString(), failed);
        }
      }
    };
  }

  private static String checked(String pem, String subject) {
    try {
      Pem.certificates(pem);
      return pem;
    } catch (GeneralSecurityException failed) {
      throw unusable("use the certificate authorities in", subject, failed);
    }
  }

  static String ofRds() {
    try (InputStream bundle = TlsMaterial.class.getResourceAsStream(RDS)) {
      if (bundle == null) {
        throw new IllegalStateException(RDS + " is missing from the program");
      }
      return new String(bundle.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException failed) {
      throw new IllegalStateException(RDS + " cannot be read from the program", failed);
    }
  }

  private static InvalidRequestException unusable(String doing, String subject, Exception failed) {
    String text = failed.getMessage();
    String reason =
        failed instanceof IOException
            ? "the file cannot be read (" + failed.getClass().getSimpleName() + ")"
            : String.valueOf(text);
    return new InvalidRequestException(
        doing, subject, reason, "It has to be a readable PEM file.", failed);
  }

  /** Leaves TLS to the driver where all is as the system has it. */
  void describeIn(Properties properties) {
    if (authorities == null && certificate == null) {
      return;
    }
    properties.setProperty("socketFactory", TlsSocketFactory.class.getName());
    if (authorities != null) {
      properties.setProperty(AUTHORITIES, authorities);
    }
    if (certificate != null && key != null) {
      properties.setProperty(CERTIFICATE, certificate);
      properties.setProperty(KEY, key.reveal());
    }
  }

  /** The inverse of {@link #describeIn}. */
  static TlsMaterial of(PropertySet properties) {
    @Nullable String key = text(properties, KEY);
    return new TlsMaterial(
        text(properties, AUTHORITIES),
        text(properties, CERTIFICATE),
        key == null ? null : Secret.of(key));
  }

  private static @Nullable String text(PropertySet properties, String name) {
    RuntimeProperty<String> property = properties.getStringProperty(name);
    return property == null ? null : property.getValue();
  }

  /** Those that trust the authorities; null for the system's. */
  TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    if (authorities == null) {
      return null;
    }
    KeyStore store = emptyStore();
    int number = 0;
    for (X509Certificate authority : Pem.certificates(authorities)) {
      store.setCertificateEntry("authority-" + number++, authority);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  /** Those that show the certificate; null where there is none. */
  KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    if (certificate == null || key == null) {
      return null;
    }
    List<X509Certificate> chain = Pem.certificates(certificate);
    char[] none = new char[0];
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        Pem.privateKey(key.reveal(), chain.getFirst().getPublicKey().getAlgorithm()),
        none,
        chain.toArray(X509Certificate[]::new));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, none);
    return managers.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
