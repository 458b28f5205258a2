package io.varve.configuration;

import io.varve.InvalidRequestException;
import io.varve.repository.BackupId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;

/**
 * A state machine of Step Functions, which calls the functions until a job is done. Each start is a
 * request, or two. Thread-safe.
 */
public final class StateMachine {

  private static final String VARIABLE = "VARVE_STATE_MACHINE";
  private static final String ACTION = "states:StartExecution";
  private static final int MOST_NAME = 80;
  private static final int FIELDS = 7;

  private final String arn;
  private final AwsEnvironment aws;

  private StateMachine(String arn, AwsEnvironment aws) {
    this.arn = arn;
    this.aws = aws;
  }

  /**
   * The one that the variables name.
   *
   * @throws InvalidRequestException if the variables name none
   */
  public static StateMachine of(Map<String, String> environment) {
    String arn = environment.getOrDefault(VARIABLE, "").strip();
    List<String> fields = List.of(arn.split(":", -1));
    if (fields.size() != FIELDS || !fields.get(2).equals("states")) {
      throw new InvalidRequestException(
          "begin jobs by",
          VARIABLE,
          arn.isEmpty() ? "it is not set" : "it is no ARN of a state machine",
          "Set it to arn:aws:states:REGION:ACCOUNT:stateMachine:NAME.");
    }
    return new StateMachine(arn, new AwsEnvironment(environment));
  }

  /**
   * Has an input worked on. While an execution of that name goes on with the same input, that one
   * is it; one that has ended is left, and another begins.
   *
   * @throws InvalidRequestException if AWS refuses it
   * @throws io.varve.RetryLaterException if there is no answer in time
   */
  public void start(String name, byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Region region = aws.region(Optional.of(arn.split(":", -1)[3]));
    @Nullable URI endpoint = aws.endpoint("SFN").orElse(null);
    try (SdkHttpClient http = aws.http(endpoint, "states", region);
        SfnClient client =
            SfnClient.builder()
                .region(region)
                .endpointOverride(endpoint)
                .credentialsProvider(aws.credentials())
                .httpClient(http)
                .overrideConfiguration(aws.patience())
                .build()) {
      try {
        start(client, shortened(name, MOST_NAME), text);
      } catch (ExecutionAlreadyExistsException ended) {
        String suffix = "-" + BackupId.random(6);
        start(client, shortened(name, MOST_NAME - suffix.length()) + suffix, text);
      }
    } catch (SdkException failed) {
      throw new AwsFailures("begin a job by", arn, ACTION).explain(failed);
    }
  }

  private void start(SfnClient client, String name, String input) {
    client.startExecution(request -> request.stateMachineArn(arn).name(name).input(input));
  }

  private static String shortened(String name, int most) {
    return name.substring(0, Math.min(name.length(), most));
  }
}
