package io.varve.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A login in Secrets Manager, and all that may be wrong with it. */
class SecretLoginTest {

  private static final String HIDDEN = "hunter2";

  private final FakeAws aws = newAws();

  private static FakeAws newAws() {
    try {
      return new FakeAws();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void theFormThatRdsWrites() {
    aws.holding(
        "{\"engine\": \"mysql\", \"host\": \"db\", \"port\": 3306, \"username\": \"varve\","
            + " \"password\": \"hunter2\"}");
    assertThat(read(Optional.empty())).isEqualTo(new Login("varve", Secret.of(HIDDEN)));
    assertThat(aws.requests())
        .containsExactly("secretsmanager.GetSecretValue {\"SecretId\":\"shop\"}");
  }

  @Test
  void aPasswordByItselfWithTheUserToldBesides() {
    aws.holding(HIDDEN);
    assertThat(read(Optional.of("varve"))).isEqualTo(new Login("varve", Secret.of(HIDDEN)));
  }

  @Test
  void aUserToldBesidesCountsMoreThanTheSecrets() {
    aws.holding("{\"username\": \"admin\", \"password\": \"hunter2\"}");
    assertThat(read(Optional.of("varve")).user()).isEqualTo("varve");
  }

  @Test
  void throttledItIsAskedAgain() {
    aws.refusing(400, "ThrottlingException", "Rate exceeded")
        .holding("{\"username\": \"varve\", \"password\": \"hunter2\"}");
    assertThat(read(Optional.empty()).user()).isEqualTo("varve");
    assertThat(aws.requests()).hasSize(2);
  }

  @Test
  void throttledForGoodMeansToRetryLater() {
    aws.refusing(400, "ThrottlingException", "Rate exceeded");
    assertThat(failure(Optional.empty()))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("Rate exceeded");
    assertThat(aws.requests()).hasSizeGreaterThan(1);
  }

  @Test
  void brokenForGoodMeansToRetryLater() {
    aws.refusing(500, "InternalServiceError", "An error occurred on the server side.");
    assertThat(failure(Optional.empty())).isInstanceOf(RetryLaterException.class);
  }

  @Test
  void oneThatNeverAnswersIsNotWaitedForLong() {
    aws.fallenSilent();
    long started = System.nanoTime();
    assertThat(failure(Optional.empty()))
        .isInstanceOf(RetryLaterException.class)
        .hasMessageContaining("Cannot take a login from the secret shop in eu-central-1")
        .hasMessageContaining("there was no answer in time")
        .hasMessageContaining("VPC endpoint");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void oneThatIsNotThereMeansToRetryLater() {
    aws.close();
    assertThat(failure(Optional.empty())).isInstanceOf(RetryLaterException.class);
  }

  @Test
  void deniedItNamesWhatToGrant() {
    aws.refusing(
        400,
        "AccessDeniedException",
        "User: arn:aws:sts::123456789012:assumed-role/backup is not authorized to perform:"
            + " secretsmanager:GetSecretValue on resource: shop");
    assertThat(failure(Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("AWS denies it: User: arn:aws:sts::123456789012")
        .hasMessageContaining("Grant secretsmanager:GetSecretValue on it")
        .hasMessageContaining("kms:Decrypt");
    assertThat(aws.requests()).hasSize(1);
  }

  @Test
  void absent() {
    aws.refusing(
        400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    assertThat(failure(Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("it is not there");
  }

  @Test
  void emptyOrBytes() {
    aws.holding(" ");
    assertThat(failure(Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("it is empty");
    aws.anew().answering(200, "{\"Name\": \"shop\", \"SecretBinary\": \"aHVudGVyMg==\"}");
    assertThat(failure(Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("it holds bytes");
  }

  @Test
  void textThatIsNoLoginIsNeverRepeated() {
    for (String text :
        new String[] {
          "hunter2",
          "{\"password\": \"hunter2\"}",
          "{\"username\": \"varve\", \"pass\": \"hunter2\"}",
          "{\"username\": \"varve\", \"password\": 12}",
          "{\"username\": \"varve\", \"password\": \"\"}",
          "{\"username\": \"varve\", hunter2",
          "[\"hunter2\"]"
        }) {
      aws.anew().holding(text);
      VarveException failure = failure(Optional.empty());
      assertThat(failure)
          .as(text)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Put the login there as RDS does");
      assertThat(wholeText(failure)).doesNotContain(HIDDEN);
    }
  }

  @Test
  void anAnswerThatIsNotOfSecretsManagerIsNeverRepeated() {
    aws.answering(200, "<html>hunter2</html>");
    VarveException failure = failure(Optional.empty());
    assertThat(failure).isInstanceOf(InvalidRequestException.class);
    assertThat(wholeText(failure)).doesNotContain(HIDDEN);
  }

  private Login read(Optional<String> user) {
    AwsEnvironment environment =
        new AwsEnvironment(aws.environment(), Duration.ofMillis(1500), Duration.ofSeconds(4));
    return new SecretLogin(new SecretsManager(environment), "shop", user).read();
  }

  private VarveException failure(Optional<String> user) {
    return catchThrowableOfType(VarveException.class, () -> read(user));
  }

  private static String wholeText(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
