package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * PEM files as the driver takes them: it knows only key stores, and only by URL, so each becomes a
 * temporary PKCS #12 file that its owner alone can read, deleted on close.
 */
final class TlsKeyStores implements AutoCloseable {

  private static final String TYPE = "PKCS12";

  private final @Nullable Path trusted;
  private final @Nullable Path own;
  private final String password;

  private TlsKeyStores(@Nullable Path trusted, @Nullable Path own, String password) {
    this.trusted = trusted;
    this.own = own;
    this.password = password;
  }

  static TlsKeyStores of(TlsSettings settings) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Path authorities = settings.authorities();
    Path certificate = settings.clientCertificate();
    Path key = settings.clientKey();
    if ((certificate == null) != (key == null)) {
      throw new InvalidRequestException(
          "use the client certificate",
          String.valueOf(certificate == null ? key : certificate),
          "certificate and key belong together and one is missing",
          "Name both files or none.");
    }
    @Nullable Path trusted = authorities == null ? null : trusting(authorities, password);
    @Nullable Path own =
        certificate == null || key == null ? null : showing(certificate, key, password);
    return new TlsKeyStores(trusted, own, password);
  }

  void describeIn(Properties properties) {
    if (trusted != null) {
      properties.setProperty("trustCertificateKeyStoreUrl", trusted.toUri().toString());
      properties.setProperty("trustCertificateKeyStoreType", TYPE);
      properties.setProperty("trustCertificateKeyStorePassword", password);
      properties.setProperty("fallbackToSystemTrustStore", "false");
    }
    if (own != null) {
      properties.setProperty("clientCertificateKeyStoreUrl", own.toUri().toString());
      properties.setProperty("clientCertificateKeyStoreType", TYPE);
      properties.setProperty("clientCertificateKeyStorePassword", password);
    }
  }

  private static Path trusting(Path authorities, String password) {
    try {
      KeyStore store = emptyStore();
      int number = 0;
      for (Certificate authority : certificates(authorities)) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
      return write(store, password);
    } catch (GeneralSecurityException | IOException failed) {
      throw unusable("use the certificate authorities in", authorities, failed);
    }
  }

  private static Path showing(Path certificate, Path key, String password) {
    try {
      KeyStore store = emptyStore();
      Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
      store.setKeyEntry("client", privateKey(key, chain[0]), password.toCharArray(), chain);
      return write(store, password);
    } catch (GeneralSecurityException | IOException failed) {
      throw unusable("use the client certificate in", certificate, failed);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(TYPE);
    store.load(null, null);
    return store;
  }

  private static List<Certificate> certificates(Path file)
      throws GeneralSecurityException, IOException {
    try (var input = Files.newInputStream(file)) {
      List<Certificate> certificates =
          List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(input));
      if (certificates.isEmpty()) {
        throw new GeneralSecurityException("no certificate in it");
      }
      return certificates;
    }
  }

  private static PrivateKey privateKey(Path file, Certificate certificate)
      throws GeneralSecurityException, IOException {
    String pem = Files.readString(file);
    int begin = pem.indexOf("-----BEGIN PRIVATE KEY-----");
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (begin < 0 || end < begin) {
      throw new InvalidKeySpecException(
          "the key is not PKCS #8 without a password; convert it with: openssl pkcs8 -topk8 -nocrypt");
    }
    String base64 = pem.substring(begin + "-----BEGIN PRIVATE KEY-----".length(), end);
    return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
  }

  private static Path write(KeyStore store, String password)
      throws GeneralSecurityException, IOException {
    Path file =
        Files.createTempFile(
            "varve-tls-",
            ".p12",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (OutputStream output = Files.newOutputStream(file)) {
      store.store(output, password.toCharArray());
    }
    file.toFile().deleteOnExit();
    return file;
  }

  private static InvalidRequestException unusable(String doing, Path file, Exception failed) {
    String text = failed.getMessage();
    String reason =
        failed instanceof IOException
            ? "the file cannot be read (" + failed.getClass().getSimpleName() + ")"
            : String.valueOf(text);
    return new InvalidRequestException(
        doing, file.toString(), reason, "It has to be a readable PEM file.", failed);
  }

  @Override
  public void close() {
    try {
      if (trusted != null) {
        Files.deleteIfExists(trusted);
      }
      if (own != null) {
        Files.deleteIfExists(own);
      }
    } catch (IOException leftBehind) {
      // deleteOnExit tries once more; the file is unreadable to others either way.
    }
  }
}
