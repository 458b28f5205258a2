package io.varve.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.backup.BackupResult;
import io.varve.repository.Json;
import io.varve.restore.DiffReport;
import io.varve.restore.PlanResult;
import io.varve.restore.RestoreResult;
import io.varve.retention.PruneReport;
import io.varve.verify.VerifyReport;
import java.io.IOException;

/** What a job of a server has done, in the words of the command that does the same here. */
final class RemoteReports {

  private RemoteReports() {}

  /**
   * The report of a job that is done.
   *
   * @param job as the API shows it
   */
  static String text(JsonNode job) {
    JsonNode report = job.path("report");
    String target = job.path("asked").path("target").asText("the target");
    try {
      return switch (job.path("kind").asText()) {
        case "backup" -> backup(Json.read(Json.write(report), BackupResult.class));
        case "restore" -> restore(report, target);
        case "verify" -> VerifyCommand.text(Json.read(Json.write(report), VerifyReport.class));
        case "prune" -> PruneCommand.text(Json.read(Json.write(report), PruneReport.class));
        case "sync" -> {
          SyncCommand.Result result = Json.read(Json.write(report), SyncCommand.Result.class);
          yield SyncCommand.text(result, result.backup().snapshot(), target);
        }
        default -> Json.line(report);
      };
    } catch (IOException other) {
      return Json.line(report); // of a version that reports otherwise
    }
  }

  private static String backup(BackupResult result) {
    return BackupCommand.text(result, result.snapshot());
  }

  private static String restore(JsonNode report, String target) throws IOException {
    if (report.has("verified")) {
      return RestoreCommand.text(Json.read(Json.write(report), RestoreResult.class), target);
    }
    return report.has("same")
        ? DiffCommand.text(Json.read(Json.write(report), DiffReport.class), target)
        : RestoreCommand.planText(Json.read(Json.write(report), PlanResult.class), "", target);
  }
}
