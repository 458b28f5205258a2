package io.varve.repository;

import io.varve.InvalidRequestException;
import io.varve.VarveException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The record of one run, put before its first effect, so that prune sees what the run makes and
 * uses. Not thread-safe.
 */
public final class Job {

  private final SourceRepository repository;
  private final String id;
  private final String work;
  private final @Nullable BackupId own;
  private final @Nullable BackupId pinned;
  private final Clock clock;
  private int pieces;

  private Job(
      SourceRepository repository,
      String id,
      String work,
      @Nullable BackupId own,
      @Nullable BackupId pinned,
      Clock clock) {
    this.repository = repository;
    this.id = id;
    this.work = work;
    this.own = own;
    this.pinned = pinned;
    this.clock = clock;
    put("running", null);
  }

  /** Begins the record of a run that makes a backup. */
  public static Job ofBackup(SourceRepository repository, BackupId own, Clock clock) {
    return new Job(repository, own + "-" + BackupId.random(4), "backup", own, null, clock);
  }

  /**
   * Begins the record of a run that uses a backup: pins it, and then looks whether it is still
   * there, in this order, for prune looks in the other.
   *
   * @throws InvalidRequestException if the backup was deleted meanwhile
   */
  public static Job using(SourceRepository repository, String work, BackupId pinned, Clock clock) {
    String id = BackupId.next(clock.instant(), BackupKind.FULL).value().substring(0, 16);
    Job job =
        new Job(repository, id + "-" + work + "-" + BackupId.random(6), work, null, pinned, clock);
    if (repository.isBuried(pinned)) {
      throw new InvalidRequestException(
          "use",
          "backup " + pinned + " of " + repository.location(),
          "it was deleted",
          "varve list shows those that are there.");
    }
    return job;
  }

  /** Unique to the run; also its attempt's token in the manifest. */
  public String id() {
    return id;
  }

  public void done() {
    put("done", null);
  }

  /**
   * Ends the record, and the possibility of a commit. What fails here is attached to the failure
   * that led here.
   */
  public void failed(Throwable failure) {
    // a run that is told to end still has this to say, and clients give up on interrupted threads
    boolean interrupted = Thread.interrupted();
    try {
      if (own != null) {
        repository.fence(own, id, clock.instant());
      }
      String message =
          failure instanceof VarveException known
              ? known.getMessage()
              : failure.getClass().getSimpleName();
      put("failed", message);
    } catch (RuntimeException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void put(String state, @Nullable String message) {
    repository.record(
        new JobEntry(Repository.FORMAT, id, work, own, pinned, state, clock.instant(), message),
        pieces++);
  }
}
