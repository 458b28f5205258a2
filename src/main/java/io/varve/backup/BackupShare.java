package io.varve.backup;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.mysql.Catalog;
import io.varve.mysql.KeyRange;
import io.varve.mysql.Snapshot;
import io.varve.mysql.SnapshotMeeting;
import io.varve.mysql.Source;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableIdentity;
import io.varve.mysql.TableName;
import io.varve.mysql.Throttle;
import io.varve.repository.BackupId;
import io.varve.repository.CheckpointRange;
import io.varve.repository.Consistency;
import io.varve.repository.Job;
import io.varve.repository.JobRecord;
import io.varve.repository.Manifest;
import io.varve.repository.Repository;
import io.varve.repository.SharedSnapshot;
import io.varve.repository.SourceRepository;
import io.varve.repository.WorkPlan;
import io.varve.repository.WorkPlan.PlannedRange;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The share of one process in a backup that several make: it reads its ranges, in a snapshot that
 * it shares with the others or in its own, and leaves parts and a checkpoint. Nothing that it does,
 * or does not do, or does twice, makes the backup wrong: another run judges all of it, or finds
 * that all of it is of one snapshot, and commits. For one run.
 */
public final class BackupShare {

  private final Source source;
  private final SourceRepository repository;
  private final BackupOptions options;
  private final WorkPlan plan;
  private final int worker;
  private final Duration patience;
  private final Progress progress;
  private final Clock clock;
  private final Throttle throttle;
  private final StartingPoints startingPoints;

  /**
   * @param options of this process; those of the backup are the plan's
   * @param patience for the other workers to come, where they share a snapshot
   * @throws InvalidRequestException if the plan has no such worker
   */
  public BackupShare(
      Source source,
      SourceRepository repository,
      WorkPlan plan,
      int worker,
      BackupOptions options,
      Duration patience,
      Progress progress,
      Clock clock) {
    if (worker < 0 || worker >= plan.workers()) {
      throw new InvalidRequestException(
          "work for",
          "job " + plan.job(),
          "there is no worker " + worker,
          "Its workers are 0 to " + (plan.workers() - 1) + ".");
    }
    this.source = source;
    this.repository = repository;
    this.plan = plan;
    this.worker = worker;
    this.options = options;
    this.patience = patience;
    this.progress = progress;
    this.clock = clock;
    this.throttle = source.throttle(options.throttling(), options.limit()::isNear, progress::warn);
    this.startingPoints = new StartingPoints(repository, options.base(), progress);
  }

  /**
   * Does the share.
   *
   * @throws ContinueException if the time is up before its end: called again it goes on
   * @throws InvalidRequestException if no number of calls would bring it to its end
   * @throws RetryLaterException if another process is at this share
   */
  public ShareReport run() {
    if (repository.closedIds().contains(plan.backup())) {
      return report("finished", new PassWork(), false, "");
    }
    try (SnapshotMeeting meeting = source.meeting(plan.job(), worker, plan.workers())) {
      Job job = Job.ofBackup(repository, clock);
      try {
        ShareReport report = run(meeting, job);
        job.handsOver();
        return report;
      } catch (InvalidRequestException failed) {
        job.stopped(failed, () -> {}); // the backup is not this worker's to give up
        throw source.explained(failed, options.selection());
      } catch (RuntimeException | Error failed) {
        job.stopped(failed, () -> {});
        throw failed;
      }
    }
  }

  private ShareReport run(SnapshotMeeting meeting, Job job) {
    Optional<Manifest> parent = parent(job);
    List<JobRecord> runs = startingPoints.runsOf(plan.backup());
    KnownParts known = startingPoints.known(plan.backup(), parent, runs);
    boolean isToMeet = isToMeet();
    // of one snapshot is what is read after it was opened
    Map<TableName, List<KeyRange>> mine = mine(isToMeet ? List.of() : StartingPoints.ranges(runs));
    if (mine.isEmpty() && !isToMeet) {
      return report("nothing", new PassWork(), false, "");
    }
    Map<TableName, TableIdentity> identities = source.identities(source.names(options.selection()));
    Catalog catalog = source.catalog(options.selection());
    List<SourceTable> tables =
        catalog.tables().stream().filter(table -> mine.containsKey(table.name())).toList();
    Opened opened = open(meeting, catalog, identities, tables);
    Checkpoint checkpoint = new Checkpoint(job, opened.shared());
    try (Snapshot snapshot = opened.snapshot();
        PartUploads uploads =
            new PartUploads(
                repository,
                plan.backup(),
                options.parallel(),
                options.parallel() * options.partBytes(),
                options.limit())) {
      progress.begin(
          "reading", tables.stream().mapToLong(SourceTable::dataBytes).sum() / plan.workers());
      PassResult result =
          new SnapshotPass(
                  source.readers(snapshot, throttle),
                  new Cover.Share(
                      new Cover.Whole(
                          known, catalog.tables(), TableIdentity.sure(identities), options),
                      known,
                      mine,
                      opened.shared() != null),
                  uploads,
                  checkpoint,
                  options,
                  new Pace(options.limit(), throttle),
                  System.nanoTime(),
                  progress)
              .run(tables);
      uploads.end();
      checkpoint.write();
      if (!result.finished()) {
        throw new Headway(result.work(), uploads, checkpoint, options.limit())
            .obstacle()
            .filter(obstacle -> !throttle.hasPaused())
            .<VarveException>map(this::outOfReach)
            .orElseGet(() -> timeIsUp(result));
      }
      if (!result.changed().isEmpty()) {
        progress.warn(
            "DDL changed "
                + result.changed().stream()
                    .map(TableName::toString)
                    .collect(Collectors.joining(", "))
                + " meanwhile: whoever finishes the backup reads it");
      }
      return report("read", result.work(), opened.shared() != null, opened.whyNot());
    }
  }

  private Optional<Manifest> parent(Job job) {
    BackupId parent = plan.parent();
    if (parent == null) {
      job.makes(plan.backup(), null);
      return Optional.empty();
    }
    return startingPoints.pinned(job, plan.backup(), parent);
  }

  /** A worker has a place in the meeting even if there is nothing for it to read. */
  private boolean isToMeet() {
    return plan.sharesSnapshot() && repository.sharedSnapshot(plan.job()).isEmpty();
  }

  /** The ranges of this share, without those that this backup has parts of. */
  private Map<TableName, List<KeyRange>> mine(List<CheckpointRange> done) {
    KnownParts own =
        KnownParts.NONE.withCheckpoint(done).only(part -> repository.isMadeBy(plan.backup(), part));
    Map<TableName, List<KeyRange>> mine = new TreeMap<>();
    for (PlannedRange range : plan.ranges()) {
      TableName table = new TableName(range.schema(), range.table());
      KeyRange keys = new KeyRange(range.lower(), range.upper());
      if (range.worker() == worker && !own.covers(table, range.definitionHash(), keys)) {
        mine.computeIfAbsent(table, name -> new ArrayList<>()).add(keys);
      }
    }
    return mine;
  }

  /**
   * A snapshot to read in.
   *
   * @param shared its id, where it is one that all workers share
   * @param whyNot why it is not, where it should have been
   */
  private record Opened(Snapshot snapshot, @Nullable String shared, String whyNot) {}

  private Opened open(
      SnapshotMeeting meeting,
      Catalog catalog,
      Map<TableName, TableIdentity> identities,
      List<SourceTable> tables) {
    if (plan.sharesSnapshot()) {
      SnapshotMeeting.Outcome outcome =
          meeting.attend(
              options.parallel(),
              catalog.withRows(),
              patience,
              () -> repository.sharedSnapshot(plan.job()).isPresent() || options.limit().isNear(),
              verdict -> repository.putSharedSnapshot(plan.job(), written(verdict, identities)));
      if (outcome instanceof SnapshotMeeting.Outcome.Opened met) {
        return opened(met);
      }
    }
    return new Opened(
        source.snapshot(
            options.parallel(),
            tables.stream().map(SourceTable::name).toList(),
            options.snapshotWay()),
        null,
        whyNotShared());
  }

  private Opened opened(SnapshotMeeting.Outcome.Opened met) {
    String id = Long.toString(met.round());
    try {
      boolean isShared =
          repository
              .sharedSnapshot(plan.job())
              .map(SharedSnapshot::id)
              .filter(id::equals)
              .isPresent();
      return isShared
          ? new Opened(met.snapshot(), id, "")
          : new Opened(met.snapshot(), null, "the one who led the meeting was lost");
    } catch (RuntimeException failed) {
      met.snapshot().close();
      throw failed;
    }
  }

  private String whyNotShared() {
    if (!plan.sharesSnapshot()) {
      return "";
    }
    return repository
        .sharedSnapshot(plan.job())
        .map(SharedSnapshot::reason)
        .orElse("it was opened before this worker came");
  }

  private SharedSnapshot written(
      SnapshotMeeting.Verdict verdict, Map<TableName, TableIdentity> identities) {
    if (!source.names(options.selection()).equals(identities.keySet())) {
      return SharedSnapshot.none("tables were made or dropped while it was opened");
    }
    return switch (verdict) {
      case SnapshotMeeting.Verdict.Failed(String reason) -> SharedSnapshot.none(reason);
      case SnapshotMeeting.Verdict.Shared(SnapshotMeeting.Outcome.Opened opened) -> {
        Snapshot snapshot = opened.snapshot();
        List<SharedSnapshot.Table> tables = new ArrayList<>();
        identities.forEach((name, identity) -> tables.add(SharedSnapshot.Table.of(name, identity)));
        yield new SharedSnapshot(
            Repository.FORMAT,
            Long.toString(opened.round()),
            null,
            snapshot.takenAt(),
            Consistency.of(
                snapshot, snapshot.connections().size() * plan.workers(), 1, plan.workers()),
            tables);
      }
    };
  }

  private ContinueException timeIsUp(PassResult result) {
    return new ContinueException(
        "finish the share of",
        "worker " + worker + " in job " + plan.job(),
        "the time is up after " + result.work().bytesRead() / 1_000_000 + " MB",
        plan.job(),
        "Call it again: it goes on where it stopped.");
  }

  private InvalidRequestException outOfReach(Headway.Obstacle obstacle) {
    return new InvalidRequestException(
        "finish the share of",
        "worker " + worker + " in job " + plan.job(),
        obstacle.reason(),
        obstacle.hint());
  }

  private ShareReport report(String state, PassWork work, boolean shared, String whyNot) {
    return new ShareReport(
        plan.job(), worker, state, work.rowsRead(), work.bytesRead(), shared, whyNot);
  }
}
