package io.varve.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.CommitStateUnknownException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A job of a server, followed until it has ended. For one thread. */
public final class RemoteJob {

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** A server that is started anew, goes on with its jobs. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ApiClient client;
  private final String source;
  private final String id;
  private final Progress progress;
  private final Set<String> warned = new HashSet<>();
  private String phase = "";
  private long rows;
  private long bytes;
  private long awaySince;

  public RemoteJob(ApiClient client, String source, String id, Progress progress) {
    this.client = client;
    this.source = source;
    this.id = id;
    this.progress = progress;
  }

  /**
   * Waits until the job has ended, and tells meanwhile how far it is.
   *
   * @return the job, which is done
   * @throws VarveException if it failed, or was canceled: of the class that it failed with
   * @throws io.varve.StoppedException if this thread was told to end: the job goes on
   */
  public JsonNode await() {
    while (true) {
      Optional<JsonNode> seen = look();
      if (seen.isPresent()) {
        JsonNode job = seen.get();
        tell(job.path("activity"));
        switch (job.path("state").asText()) {
          case "done" -> {
            return job;
          }
          case "failed" -> throw failure(job.path("failure"));
          case "canceled" ->
              throw new InvalidRequestException(
                  "end", subject(), "it was canceled", "What it has done stays; ask for it again.");
          case "" ->
              throw new InvalidRequestException(
                  "follow",
                  subject(),
                  "what answers there is no server of Varve",
                  "Correct the address; its path ends before /api.");
          default -> {}
        }
      }
      ApiClient.pause(BETWEEN_LOOKS);
    }
  }

  /** Empty where the server does not answer, and has not for a while that is not long. */
  private Optional<JsonNode> look() {
    try {
      JsonNode job = client.get("follow job " + id + " at", "/sources/" + source + "/jobs/" + id);
      awaySince = 0;
      return Optional.of(job);
    } catch (RetryLaterException away) {
      long now = System.nanoTime();
      if (awaySince == 0) {
        awaySince = now;
        progress.warn("the server does not answer, and is asked again: " + away.reason());
      } else if (now - awaySince > PATIENCE.toNanos()) {
        throw away;
      }
      return Optional.empty();
    }
  }

  private void tell(JsonNode activity) {
    for (JsonNode warning : activity.path("warnings")) {
      if (warned.add(warning.asText())) {
        progress.warn(warning.asText());
      }
    }
    if (!activity.isObject()) {
      return;
    }
    long nowRows = activity.path("rows").asLong();
    long nowBytes = activity.path("bytes").asLong();
    String now = activity.path("phase").asText();
    if (!now.equals(phase) || nowRows < rows || nowBytes < bytes) {
      progress.begin(now, activity.path("expectedBytes").asLong());
      phase = now;
      rows = 0;
      bytes = 0;
    }
    progress.advance(nowRows - rows, nowBytes - bytes);
    rows = nowRows;
    bytes = nowBytes;
  }

  private String subject() {
    return "job " + id + " of " + source + " at " + client.server();
  }

  private VarveException failure(JsonNode failure) {
    String message = failure.path("message").asText();
    String reason =
        message.isEmpty()
            ? "a defect in Varve (" + failure.path("error").asText("unknown") + ")"
            : message.strip().replaceFirst("\\.$", "");
    return switch (failure.path("error").asText()) {
      case "RetryLaterException" ->
          new RetryLaterException("end", subject(), reason, "Ask for it again later.");
      case "DamageFoundException" ->
          new DamageFoundException(
              "end", subject(), reason, "Find out what changed the store; see varve repair.");
      case "CommitStateUnknownException" ->
          new CommitStateUnknownException(
              "end", subject(), reason, "Look with varve list; do not clean up.");
      default ->
          new InvalidRequestException(
              "end",
              subject(),
              reason,
              message.isEmpty()
                  ? "The server's log says more: please report it."
                  : "Change that first, then ask for it again.");
    };
  }
}
