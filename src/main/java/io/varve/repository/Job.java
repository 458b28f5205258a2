package io.varve.repository;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.VarveException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The record of one run, put before its first effect, so that prune sees what the run makes and
 * uses. While the run lives it adds a piece each hour, for prune takes for dead what is silent for
 * a day. Thread-safe.
 */
public final class Job {

  /** The work of a run that makes a backup, which another such run can go on with. */
  public static final String BACKUP = "backup";

  private static final long HOURS_BETWEEN_SIGNS_OF_LIFE = 1;

  private static final ScheduledExecutorService SIGNS =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("varve-job-", 0).daemon().factory());

  private final SourceRepository repository;
  private final String id;
  private final String work;
  private final Clock clock;
  private final ScheduledFuture<?> signs;
  private @Nullable BackupId own;
  private @Nullable BackupId pinned;
  private @Nullable Long sourceBytes;
  private int pieces;

  private Job(SourceRepository repository, String work, @Nullable BackupId pinned, Clock clock) {
    this.repository = repository;
    this.work = work;
    this.id = BackupId.timeOf(clock.instant()) + "-" + work + "-" + BackupId.random(6);
    this.pinned = pinned;
    this.clock = clock;
    put("running", null, null);
    signs =
        SIGNS.scheduleAtFixedRate(
            this::signOfLife,
            HOURS_BETWEEN_SIGNS_OF_LIFE,
            HOURS_BETWEEN_SIGNS_OF_LIFE,
            TimeUnit.HOURS);
  }

  /** Begins the record of a run that will make a backup. */
  public static Job ofBackup(SourceRepository repository, Clock clock) {
    return new Job(repository, BACKUP, null, clock);
  }

  /** Begins the record of a run that makes damaged parts again. */
  public static Job ofRepair(SourceRepository repository, Clock clock) {
    return new Job(repository, "repair", null, clock);
  }

  /** Begins the record of a run that takes backups away. */
  public static Job ofPrune(SourceRepository repository, Clock clock) {
    return new Job(repository, "prune", null, clock);
  }

  /**
   * Begins the record of a run that uses a backup: pins it, and then looks whether it is still
   * there, in this order, for prune looks in the other.
   *
   * @throws InvalidRequestException if the backup was deleted meanwhile
   */
  public static Job using(SourceRepository repository, String work, BackupId pinned, Clock clock) {
    Job job = new Job(repository, work, pinned, clock);
    if (repository.isBuried(pinned)) {
      InvalidRequestException deleted =
          new InvalidRequestException(
              "use",
              "backup " + pinned + " of " + repository.location(),
              "it was deleted",
              "varve list shows those that are there.");
      job.failed(deleted);
      throw deleted;
    }
    return job;
  }

  /**
   * As {@link #using}, for whoever may only read the store as well: then nothing is pinned.
   *
   * @param notes hears of that
   * @throws InvalidRequestException if the backup was deleted meanwhile
   */
  public static Optional<Job> usingWherePossible(
      SourceRepository repository,
      String work,
      BackupId pinned,
      Clock clock,
      Consumer<String> notes) {
    try {
      return Optional.of(using(repository, work, pinned, clock));
    } catch (InvalidRequestException e) {
      if (repository.isBuried(pinned)) {
        throw e;
      }
      notes.accept("backup " + pinned + " could not be pinned against prune: " + e.reason());
      return Optional.empty();
    }
  }

  /** Unique to the run; also its attempt's token in the manifest. */
  public String id() {
    return id;
  }

  /**
   * Says which backup the run makes, and of which backup it will use parts; then looks whether that
   * one is still there, in this order.
   *
   * @return false if it was deleted: none of its parts may be used
   */
  public synchronized boolean makes(BackupId newOwn, @Nullable BackupId newPinned) {
    own = newOwn;
    pinned = newPinned;
    put("running", null, null);
    return newPinned == null || !repository.isBuried(newPinned);
  }

  /**
   * As {@link #makes(BackupId, BackupId)}, and goes on pinning another.
   *
   * @return false if one of the two was deleted
   */
  public synchronized boolean makes(
      BackupId newOwn, BackupId newPinned, @Nullable BackupId alsoPinned) {
    boolean first = alsoPinned == null || makes(newOwn, alsoPinned);
    return makes(newOwn, newPinned) && first;
  }

  /** Notes the size of the source's tables, for the next piece. */
  public synchronized void sees(long newSourceBytes) {
    sourceBytes = newSourceBytes;
  }

  /** Notes what the run has stored, for the one that goes on if this one cannot. */
  public synchronized void checkpoint(List<CheckpointRange> ranges) {
    put("running", null, ranges, null);
  }

  /** Notes how many rows tables have, for the run that commits. */
  public synchronized void counts(List<TableCount> counts) {
    put("running", null, null, counts);
  }

  /** The run has done its share of a backup, which another commits. */
  public synchronized void handsOver() {
    signs.cancel(false);
    put("stopped", null, null);
  }

  /** Ends the record. */
  public synchronized void done() {
    end("done", null);
  }

  /** Ends the records of those that were at work for a backup that now exists. */
  public void endsOthers(List<JobRecord> others, BackupId backup) {
    for (JobRecord other : others) {
      repository.recordEnd(
          new JobEntry(
              Repository.FORMAT,
              other.id(),
              other.work(),
              backup,
              null,
              "done",
              clock.instant(),
              null,
              null,
              null,
              null));
    }
  }

  /**
   * The run ends before its work is done, which another can go on with.
   *
   * @param first is done before; without this object's lock, for it may wait for a thread that
   *     waits for that
   */
  public void stopped(Throwable why, Runnable first) {
    signs.cancel(false);
    uninterrupted(
        why,
        () -> {
          if (own == null) {
            end("failed", message(why));
          } else {
            first.run();
            put("stopped", message(why), null);
          }
        });
  }

  /**
   * The time is up before the work is done, and a later call goes on with it: what this one pins
   * stays pinned for that, until the record has been silent for a day.
   */
  public void paused(ContinueException why) {
    signs.cancel(false);
    uninterrupted(why, () -> put("stopped", message(why), null));
  }

  /** Ends the record; a later call goes on with the work, and needs nothing of this one. */
  public void endedEarly(ContinueException why) {
    uninterrupted(why, () -> end("stopped", message(why)));
  }

  /**
   * Ends the record, and the possibility of a commit. What fails here is attached to the failure
   * that led here.
   */
  public synchronized void failed(Throwable failure) {
    signs.cancel(false);
    uninterrupted(
        failure,
        () -> {
          if (own != null) {
            repository.fence(own, id, clock.instant());
          }
          end("failed", message(failure));
        });
  }

  /** A run that is told to end has this to say, and clients give up on interrupted threads. */
  private static void uninterrupted(Throwable failure, Runnable last) {
    boolean interrupted = Thread.interrupted();
    try {
      last.run();
    } catch (RuntimeException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static @Nullable String message(Throwable failure) {
    return failure instanceof VarveException known
        ? known.getMessage()
        : failure.getClass().getSimpleName();
  }

  private synchronized void signOfLife() {
    try {
      put("running", null, null);
    } catch (RuntimeException e) {
      // the store is away for now; the work will find out
    }
  }

  private void put(String state, @Nullable String message, @Nullable List<CheckpointRange> ranges) {
    put(state, message, ranges, null);
  }

  private synchronized void put(
      String state,
      @Nullable String message,
      @Nullable List<CheckpointRange> ranges,
      @Nullable List<TableCount> counts) {
    repository.record(entry(state, message, ranges, counts), pieces++);
  }

  private synchronized void end(String state, @Nullable String message) {
    signs.cancel(false);
    repository.recordEnd(entry(state, message, null, null));
  }

  private JobEntry entry(
      String state,
      @Nullable String message,
      @Nullable List<CheckpointRange> ranges,
      @Nullable List<TableCount> counts) {
    return new JobEntry(
        Repository.FORMAT,
        id,
        work,
        own,
        pinned,
        state,
        clock.instant(),
        message,
        sourceBytes,
        ranges,
        counts);
  }
}
