package io.varve.server;

import static io.varve.server.ShopConfiguration.KEEPER;
import static io.varve.server.ShopConfiguration.READER;
import static io.varve.server.ShopConfiguration.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Schemathesis makes requests of what the API says of itself, right ones and wrong ones: no answer
 * may be a defect, or one that is not described. {@code VARVE_TEST_SCHEMATHESIS} is its executable.
 */
@Tag("check")
class ApiFuzzIT {

  private static final String ALL = "all-66b1d0e4";
  private static final int SECONDS = 30;

  @TempDir private Path folder;

  /** Restores go where there is no database: what is made up may not be written anywhere. */
  @Test
  void everyAnswerIsDescribedAndNoneIsADefect() throws Exception {
    String program = System.getenv("VARVE_TEST_SCHEMATHESIS");
    assumeThat(program).as("VARVE_TEST_SCHEMATHESIS").isNotNull();
    TestServer database = TestServer.shared();
    try (TestSchema schema = database.freshSchema();
        TestUser user = database.freshUser("ALL PRIVILEGES ON *.*")) {
      schema.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      Map<String, Object> never = Map.of("cron", "0 0 1 1 *");
      ShopConfiguration shop =
          new ShopConfiguration(
                  Map.of("location", folder.resolve("store").toUri().toString()),
                  "mysql://" + database.host() + ":" + database.port(),
                  user.name(),
                  user.password())
              .source("include", List.of(schema.name()))
              .source("schedules", Map.of("full", never))
              .target("address", "mysql://127.0.0.1:1")
              .token(ALL, "backup", "restore");
      try (ServerProcess serving = ServerProcess.start(shop.environment())) {
        String job = serving.post(KEEPER, SHOP + "/backups", "{}").json().path("id").asText();
        JsonNode done =
            serving.await(
                READER, SHOP + "/jobs/" + job, it -> it.path("state").asText().equals("done"));
        String backup = done.at("/report/backupId").asText();
        String known =
            """
            [parameters]
            "path.source" = "shop"
            "path.backup" = "%s"
            "path.job" = "%s"
            "path.kind" = "full"
            """
                .formatted(backup, job);
        fuzz(program, serving, known);
        fuzz(program, serving, "");
        assertThat(serving.log()).doesNotContain("A defect in Varve");
        assertThat(serving.get(READER, SHOP + "/backups/" + backup).status()).isEqualTo(200);
      }
    }
  }

  private void fuzz(String program, ServerProcess serving, String settings)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("schemathesis.toml"), settings);
    List<String> command = new ArrayList<>(List.of(program, "--config-file", file.toString()));
    command.addAll(List.of("run", serving.address() + "/q/openapi?format=json"));
    command.addAll(List.of("--url", serving.address()));
    command.addAll(List.of("--header", "Authorization: Bearer " + ALL));
    command.addAll(
        List.of(
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,"
                + "response_schema_conformance"));
    command.addAll(List.of("--exclude-path-regex", "events$")); // endless while a job goes on
    command.addAll(List.of("--max-time", Integer.toString(SECONDS), "--request-timeout", "20"));
    command.addAll(List.of("--suppress-health-check", "all", "--warnings", "off"));
    command.addAll(List.of("--generation-database", "none"));
    Path said = folder.resolve("said");
    int code =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start()
            .waitFor();
    assertThat(code).as(Files.readString(said)).isZero();
  }
}
