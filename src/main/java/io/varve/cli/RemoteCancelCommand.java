package io.varve.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.client.ApiClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code varve remote cancel}. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Has nobody go on with a job. What it has done stays.")
final class RemoteCancelCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "as varve status and --detach show it")
  String job = "";

  @Mixin RemoteOptions remote = new RemoteOptions();

  @Override
  public Integer call() {
    String id = RemoteOptions.requireWord("job", job);
    try (ApiClient client = remote.client()) {
      String source = remote.source(client);
      JsonNode left =
          client.delete("cancel job " + id + " at", "/sources/" + source + "/jobs/" + id);
      remote.common.print(left, "Job " + id + " of " + source + ": " + left.path("state").asText());
      return 0;
    }
  }
}
