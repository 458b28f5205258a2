package io.varve.api;

import io.varve.configuration.Configuration;
import io.varve.configuration.ScheduledKind;
import io.varve.job.Order;
import io.varve.repository.BackupId;
import io.varve.repository.JobLog;
import io.varve.repository.Repository;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.Summary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What stands behind the API: where work is begun, and what is known of it. Thread-safe. */
public interface JobDesk {

  Configuration configuration();

  /**
   * The repository; its user does not close it.
   *
   * @throws io.varve.VarveException if the store does not answer
   */
  Repository repository();

  /** The backups of a source, oldest first, as they were some seconds ago at most. */
  List<Summary> backups(String source);

  /** One of those. */
  Optional<Summary> backup(String source, BackupId id);

  /** Somebody has been told of a change: what is shown of the source from now on is newer. */
  void changed(String source, Instant when);

  /**
   * Has a job done. Asked for again under the same name, it is done once.
   *
   * @throws io.varve.InvalidRequestException if something else was asked for under that name
   */
  void submit(Order order);

  /** What is known of a job; empty where there is none of that name. */
  Optional<RequestEntry> job(String source, String job);

  /** What a job is doing here and now; empty where it is not worked on by this process. */
  Optional<Activity> activity(String source, String job);

  /** What a job has told of itself, oldest first. */
  List<JobLog.Line> log(String source, String job);

  /** When a restore was last verified, or a drill; empty where nothing is known of one. */
  Optional<Instant> verifiedRestore(String source);

  /** Has nobody go on with a job. What it has done stays. */
  void cancel(String source, String job);

  /** When a schedule begins next; empty where it never does, or is paused. */
  Optional<Instant> next(String source, ScheduledKind kind);

  /** How far a schedule is. */
  ScheduleEntry pause(String source, ScheduledKind kind, boolean paused);
}
