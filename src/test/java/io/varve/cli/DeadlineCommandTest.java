package io.varve.cli;

import static io.varve.testing.FaultyProxy.method;
import static io.varve.testing.FaultyProxy.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.testing.CommandLineChild;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.FaultyProxy;
import io.varve.testing.Numbers;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code varve backup --deadline}: what a script sees that calls again. */
@Tag("time")
class DeadlineCommandTest {

  private static final int CONTINUE = 7;
  private static final int ROWS = 120_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestServer server = TestServer.shared();
  private final EmbeddedS3 s3 = EmbeddedS3.shared();
  private final String bucket = s3.newBucket("deadline");

  @Test
  void aScriptCallsAgainWhileItIsToldTo() throws IOException {
    try (TestSchema schema = server.freshSchema();
        FaultyProxy slow = FaultyProxy.before(s3.endpoint())) {
      schema.execute(
          "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(200) NOT NULL) ENGINE=InnoDB",
          "INSERT INTO t SELECT n, REPEAT(LEFT(SHA2(n, 256), 40), 5) FROM " + Numbers.below(ROWS));
      server.rows("ANALYZE TABLE " + schema.name() + ".t");
      // tries out the store, which takes a second or more
      backup(schema, slow, "--name=first");
      JsonNode first = null;
      // on a busy machine the shorter ones are over before a part is stored
      for (int seconds = 5; first == null; seconds *= 2) {
        slow.clearRules();
        slow.clearRequests();
        slow.on(path("/parts/").and(method("PUT"))).delay(Duration.ofMillis(250L * seconds));
        JsonNode answer =
            answer(schema, slow, "--deadline=" + seconds + "s", seconds < 40 ? 3 : CONTINUE);
        first = answer.has("error") || partsPut(slow) < 2 ? null : answer;
      }
      assertThat(first.get("state").asText()).isEqualTo("CONTINUE");
      String token = first.get("token").asText();
      slow.clearRules();
      JsonNode last = backup(schema, slow, "--deadline=60s");
      assertThat(last.get("backupId").asText()).as("the same backup").isEqualTo(token);
      assertThat(last.at("/changes/rowsRead").asLong()).as("in the last call").isLessThan(ROWS);
    }
  }

  /** One after another: all but the last of them are stored. */
  private static long partsPut(FaultyProxy store) {
    return store.requests().stream().filter(path("/parts/").and(method("PUT"))).count();
  }

  private JsonNode backup(TestSchema schema, FaultyProxy store, String option) throws IOException {
    return answer(schema, store, option, 0);
  }

  /**
   * What a call prints.
   *
   * @param orElse the exit code that it may have in place of {@code CONTINUE}
   */
  private JsonNode answer(TestSchema schema, FaultyProxy store, String option, int orElse)
      throws IOException {
    try (CommandLineChild child =
        CommandLineChild.start(
            server,
            Map.of(
                "AWS_ENDPOINT_URL_S3", store.endpoint().toString(),
                "AWS_ACCESS_KEY_ID", s3.credentials().accessKey(),
                "AWS_SECRET_ACCESS_KEY", s3.credentials().secretKey(),
                "AWS_REGION", "us-east-1"),
            "backup",
            "--source=" + server.uri(),
            "--store=s3://" + bucket,
            "--include=" + schema.name(),
            "--part-size=1M",
            "--parallel=1",
            option,
            "--json")) {
      assertThat(child.await()).as(child.text()).isIn(orElse == 0 ? 0 : CONTINUE, orElse);
      String answer =
          child.text().lines().filter(line -> line.startsWith("{")).findFirst().orElseThrow();
      return JSON.readTree(answer);
    }
  }
}
