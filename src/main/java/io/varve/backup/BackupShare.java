package io.varve.backup;

import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.StoppedException;
import io.varve.VarveException;
import io.varve.mysql.BinlogCoordinates;
import io.varve.mysql.Catalog;
import io.varve.mysql.KeyRange;
import io.varve.mysql.LogPosition;
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
import io.varve.repository.PartEntry;
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
import java.util.Set;
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
      } catch (RetryLaterException | ContinueException | StoppedException later) {
        job.stopped(later, () -> {});
        throw later;
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
    List<CheckpointRange> done = runs.stream().flatMap(run -> run.ranges().stream()).toList();
    KnownParts known = startingPoints.known(plan.backup(), parent, done);
    boolean isToMeet = isToMeet();
    // of one snapshot is what is read after it was opened
    Map<TableName, List<KeyRange>> mine = mine(isToMeet ? List.of() : done);
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
      Set<TableName> sure =
          identities.entrySet().stream()
              .filter(table -> table.getValue().isSure())
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      PassResult result =
          new SnapshotPass(
                  source.readers(snapshot, throttle),
                  new Cover.Share(
                      new Cover.Whole(known, catalog.tables(), sure, options),
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
    KnownParts own = KnownParts.NONE.withCheckpoint(done).only(part -> isOwn(part));
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

  private boolean isOwn(PartEntry part) {
    return repository.backupOf(part.key()).equals(Optional.of(plan.backup().value()));
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
      List<TableName> all =
          catalog.tables().stream()
              .filter(table -> !table.definition().definitionOnly())
              .map(SourceTable::name)
              .toList();
      SnapshotMeeting.Outcome outcome =
          meeting.attend(
              options.parallel(),
              all,
              patience,
              () -> repository.sharedSnapshot(plan.job()).isPresent() || options.limit().isNear(),
              verdict -> repository.putSharedSnapshot(plan.job(), written(verdict, identities)));
      if (outcome instanceof SnapshotMeeting.Outcome.Opened(Snapshot snapshot, long round)) {
        Optional<SharedSnapshot> verdict = repository.sharedSnapshot(plan.job());
        boolean isShared =
            verdict.map(SharedSnapshot::id).filter(Long.toString(round)::equals).isPresent();
        return new Opened(
            snapshot,
            isShared ? Long.toString(round) : null,
            isShared ? "" : "the one who led the meeting was lost");
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
        Optional<BinlogCoordinates> place = snapshot.position().flatMap(LogPosition::coordinates);
        List<SharedSnapshot.Table> tables = new ArrayList<>();
        identities.forEach((name, identity) -> tables.add(SharedSnapshot.Table.of(name, identity)));
        yield new SharedSnapshot(
            Repository.FORMAT,
            Long.toString(opened.round()),
            null,
            snapshot.takenAt(),
            new Consistency(
                snapshot.way().toString(),
                snapshot.connections().size() * plan.workers(),
                1,
                snapshot.shortfalls(),
                List.of(),
                place.map(BinlogCoordinates::file).orElse(null),
                place.map(BinlogCoordinates::offset).orElse(null),
                snapshot.position().flatMap(LogPosition::gtidSet).orElse(null),
                plan.workers()),
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
