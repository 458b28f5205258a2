package io.varve.cli;

import io.varve.client.ApiClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code varve remote follow}. */
@Command(
    name = "follow",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Follows a job until it has ended, and prints its report.")
final class RemoteFollowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "as varve status and --detach show it")
  String job = "";

  @Mixin RemoteOptions remote = new RemoteOptions();

  @Override
  public Integer call() {
    String id = RemoteOptions.requireWord("job", job);
    try (ApiClient client = remote.client()) {
      return remote.follow(client, remote.source(client), id, RemoteReports::text);
    }
  }
}
