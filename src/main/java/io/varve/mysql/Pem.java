package io.varve.mysql;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys in the text form of RFC 7468, between which anything may stand. */
final class Pem {

  private static final Pattern CERTIFICATE =
      Pattern.compile(
          "-----BEGIN CERTIFICATE-----\\s[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s?");
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private Pem() {}

  /**
   * All certificates of a text.
   *
   * @throws GeneralSecurityException also if there is none
   */
  static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    // Block by block: the factory trips over comments between them.
    for (Matcher block = CERTIFICATE.matcher(text); block.find(); ) {
      byte[] bytes = block.group().getBytes(StandardCharsets.US_ASCII);
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no certificate in it");
    }
    return List.copyOf(certificates);
  }

  /**
   * The private key of a text.
   *
   * @param algorithm of the public key that belongs to it
   * @throws GeneralSecurityException if it is not in PKCS #8, or has a password
   */
  static PrivateKey privateKey(String text, String algorithm) throws GeneralSecurityException {
    Matcher key = KEY.matcher(text);
    if (!key.find()) {
      throw new InvalidKeySpecException(
          "the key is not PKCS #8 without a password; convert it with: openssl pkcs8 -topk8 -nocrypt");
    }
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1))));
  }
}
