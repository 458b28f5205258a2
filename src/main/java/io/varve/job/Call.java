package io.varve.job;

import io.varve.Progress;
import io.varve.TimeLimit;
import io.varve.configuration.Configuration;
import io.varve.repository.BackupId;
import io.varve.repository.Request;
import io.varve.repository.SourceRepository;
import java.time.Clock;

/**
 * What a task has for its work.
 *
 * @param request what is known of the job
 * @param limit until when this call may work
 */
public record Call(
    Configuration configuration,
    SourceRepository repository,
    Request request,
    TimeLimit limit,
    Progress progress,
    Clock clock) {

  /**
   * A backup as the event says which. What is the latest may be another at the next call: it is
   * settled by the first.
   */
  BackupId backup(String which) {
    BackupId id = request.backup().orElseGet(() -> repository.resolve(which));
    request.uses(id);
    return id;
  }
}
