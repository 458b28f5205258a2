package io.varve.store;

import io.varve.InvalidRequestException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificates that {@code AWS_CA_BUNDLE} names: as with the AWS CLI they replace the machine's
 * own. The AWS SDK for Java does not know the variable.
 */
final class CertificateBundle {

  private static final String HINT =
      "AWS_CA_BUNDLE names a file of certificates in PEM form; correct it or unset it.";

  private static final Pattern CERTIFICATE =
      Pattern.compile(
          "-----BEGIN CERTIFICATE-----\\s[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s?");

  private CertificateBundle() {}

  static TrustManager[] trustManagers(String file) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      CertificateFactory certificates = CertificateFactory.getInstance("X.509");
      // Block by block: bundles carry comments, which the factory does not always skip.
      Matcher pem =
          CERTIFICATE.matcher(Files.readString(Path.of(file), StandardCharsets.ISO_8859_1));
      int count = 0;
      while (pem.find()) {
        byte[] block = pem.group().getBytes(StandardCharsets.ISO_8859_1);
        trusted.setCertificateEntry(
            "ca-" + count++, certificates.generateCertificate(new ByteArrayInputStream(block)));
      }
      if (count == 0) {
        throw new InvalidRequestException(
            "read the trusted certificates", file, "it holds no certificate", HINT);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      return managers.getTrustManagers();
    } catch (IOException e) {
      throw new InvalidRequestException(
          "read the trusted certificates", file, "the file cannot be read", HINT, e);
    } catch (GeneralSecurityException e) {
      throw new InvalidRequestException(
          "read the trusted certificates", file, "it holds what is no certificate", HINT, e);
    }
  }
}
