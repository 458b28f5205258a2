package io.varve.configuration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** Configurations and logins that lie in Secrets Manager and in SSM, on whoever speaks for them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AwsServicesContract {

  private static final String REGION = "eu-central-1";

  private final String prefix = "varve-test-" + UUID.randomUUID() + "-";
  private Map<String, String> environment = Map.of();
  private @Nullable SecretsManagerClient secretsManager;
  private @Nullable SsmClient systemsManager;

  abstract URI endpoint();

  abstract String accessKey();

  abstract String secretKey();

  @BeforeAll
  void connect() {
    environment =
        Map.of(
            "AWS_ENDPOINT_URL",
            endpoint().toString(),
            "AWS_REGION",
            REGION,
            "AWS_ACCESS_KEY_ID",
            accessKey(),
            "AWS_SECRET_ACCESS_KEY",
            secretKey());
    AwsEnvironment aws = new AwsEnvironment(environment);
    secretsManager =
        SecretsManagerClient.builder()
            .endpointOverride(endpoint())
            .region(Region.of(REGION))
            .credentialsProvider(aws.credentials())
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    systemsManager =
        SsmClient.builder()
            .endpointOverride(endpoint())
            .region(Region.of(REGION))
            .credentialsProvider(aws.credentials())
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @AfterAll
  void disconnect() {
    if (secretsManager != null) {
      secretsManager.close();
    }
    if (systemsManager != null) {
      systemsManager.close();
    }
  }

  @Test
  void aConfigurationInAnEncryptedParameter() {
    String name = "/" + prefix + "configuration";
    parameters()
        .putParameter(
            put -> put.name(name).type(ParameterType.SECURE_STRING).value(document("unused")));
    assertThat(load("ssm:" + name).sources()).containsOnlyKeys("shop");
    assertThatThrownBy(() -> load("ssm:" + name + "-none"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("it is not there");
  }

  @Test
  void aConfigurationInASecretAndALoginInAnother() {
    String login = prefix + "login";
    String arn = create(login, "{\"username\": \"varve\", \"password\": \"hunter2\"}");
    String configuration = create(prefix + "configuration", document(arn));
    for (String name : new String[] {prefix + "configuration", configuration}) {
      assertThat(load("secretsmanager:" + name).source("shop").settings().credentials().login())
          .isEqualTo(new Login("varve", Secret.of("hunter2")));
    }
  }

  @Test
  void aLoginThatIsRotated() {
    String name = prefix + "rotated";
    create(name, "{\"username\": \"varve\", \"password\": \"hunter2\"}");
    var credentials = load(document(name)).source("shop").settings().credentials();
    Login first = credentials.login();
    assertThat(credentials.loginAfterRefusalOf(first)).isEmpty();
    secrets()
        .putSecretValue(
            put ->
                put.secretId(name)
                    .secretString("{\"username\": \"varve_clone\", \"password\": \"hunter3\"}"));
    assertThat(credentials.login()).isEqualTo(first);
    assertThat(credentials.loginAfterRefusalOf(first))
        .isEqualTo(Optional.of(new Login("varve_clone", Secret.of("hunter3"))));
  }

  @Test
  void aSecretThatIsNotThere() {
    var credentials = load(document(prefix + "none")).source("shop").settings().credentials();
    assertThatThrownBy(credentials::login)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("it is not there");
  }

  @Test
  void aStateMachineIsBegunOncePerNameWhileItGoesOn() {
    String arn = "arn:aws:states:" + REGION + ":123456789012:stateMachine:" + prefix + "none";
    assertThatThrownBy(() -> stateMachine(arn).start("nightly", new byte[] {'{', '}'}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("it is not there");
    try (SfnClient functions =
        SfnClient.builder()
            .endpointOverride(endpoint())
            .region(Region.of(REGION))
            .credentialsProvider(new AwsEnvironment(environment).credentials())
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      String there =
          functions
              .createStateMachine(
                  create ->
                      create
                          .name(prefix + "loop")
                          .roleArn("arn:aws:iam::123456789012:role/loop")
                          .definition(
                              "{\"StartAt\": \"Wait\", \"States\": {\"Wait\": {\"Type\": \"Wait\","
                                  + " \"Seconds\": 600, \"End\": true}}}"))
              .stateMachineArn();
      String longName = "nightly-".repeat(12);
      byte[] input = "{\"function\": \"backup\"}".getBytes(StandardCharsets.UTF_8);
      stateMachine(there).start(longName, input);
      stateMachine(there).start(longName, input);
      var executions = functions.listExecutions(of -> of.stateMachineArn(there)).executions();
      assertThat(executions).hasSize(1);
      assertThat(longName).startsWith(executions.getFirst().name());
      assertThat(
              functions
                  .describeExecution(of -> of.executionArn(executions.getFirst().executionArn()))
                  .input())
          .isEqualTo("{\"function\": \"backup\"}");

      functions.stopExecution(of -> of.executionArn(executions.getFirst().executionArn()));
      stateMachine(there).start(longName, input);
      assertThat(functions.listExecutions(of -> of.stateMachineArn(there)).executions()).hasSize(2);
    }
  }

  private StateMachine stateMachine(String arn) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("VARVE_STATE_MACHINE", arn);
    return StateMachine.of(variables);
  }

  private SecretsManagerClient secrets() {
    return requireNonNull(secretsManager);
  }

  private SsmClient parameters() {
    return requireNonNull(systemsManager);
  }

  private String create(String name, String value) {
    return secrets().createSecret(create -> create.name(name).secretString(value)).arn();
  }

  private static String document(String secret) {
    return """
        {"store": {"location": "s3://bucket"}, "sources": {"shop": {
          "address": "mysql://db", "credentials": {"secret": "%s"}}}}"""
        .formatted(secret);
  }

  private Configuration load(String where) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("VARVE_CONFIG", where);
    return Configuration.load(variables);
  }
}
