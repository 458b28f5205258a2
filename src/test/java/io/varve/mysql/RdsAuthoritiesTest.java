package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Amazon's authorities that come with the program. */
class RdsAuthoritiesTest {

  private static final Pattern NAME =
      Pattern.compile(
          "CN=Amazon RDS (Preview )?[a-z]+-[a-z]+-\\d Root CA (RSA2048|RSA4096|ECC384)");

  private final List<X509Certificate> authorities = authorities();

  private static List<X509Certificate> authorities() {
    try {
      return Pem.certificates(TlsMaterial.ofRds());
    } catch (GeneralSecurityException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void eachIsASelfSignedAuthorityOfRds() {
    assertThat(authorities)
        .allSatisfy(
            authority -> {
              assertThat(authority.getBasicConstraints()).isNotNegative();
              assertThat(authority.getIssuerX500Principal())
                  .isEqualTo(authority.getSubjectX500Principal());
              assertThat(authority.getSubjectX500Principal().getName())
                  .containsPattern(NAME)
                  .contains("O=Amazon Web Services\\, Inc.");
              assertThatCode(() -> authority.verify(authority.getPublicKey()))
                  .doesNotThrowAnyException();
            });
  }

  @Test
  void eachIsValidForYearsAndThereOnce() {
    Instant inFiveYears = Instant.now().plus(Duration.ofDays(5 * 365));
    assertThat(authorities)
        .allSatisfy(each -> assertThat(each.getNotAfter().toInstant()).isAfter(inFiveYears));
    assertThat(new HashSet<>(authorities)).hasSameSizeAs(authorities);
  }

  @Test
  void aRegionHasOneForEachKindOfKey() {
    assertThat(authorities)
        .filteredOn(
            each -> each.getSubjectX500Principal().getName().contains("RDS eu-central-1 Root"))
        .hasSize(3);
  }

  @Test
  void allThatTheFileHoldsIsRead() {
    assertThat(TlsMaterial.ofRds().split("-----BEGIN CERTIFICATE-----", -1))
        .hasSize(authorities.size() + 1)
        .hasSize(85);
  }
}
