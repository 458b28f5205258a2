package io.varve.backup;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.CheckpointRange;
import io.varve.repository.Job;
import io.varve.repository.JobRecord;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Finds what a run begins with: what another left unfinished, a parent, or nothing. For one run.
 */
final class StartingPoints {

  private static final int MOST_PARENTS = 10;

  /** Their ids tell the second only. */
  private static final Comparator<JobRecord> BY_START =
      Comparator.comparing(job -> job.pieces().getFirst().time());

  private final SourceRepository repository;
  private final BackupBase base;
  private final Progress progress;

  StartingPoints(SourceRepository repository, BackupBase base, Progress progress) {
    this.repository = repository;
    this.base = base;
    this.progress = progress;
  }

  /** Goes on with what a run left unfinished, or begins. */
  StartingPoint choose(Job job, Instant start) {
    Optional<Unfinished> unfinished = unfinished();
    if (unfinished.isPresent()) {
      Unfinished left = unfinished.get();
      progress.warn("goes on with backup " + left.id() + ", which a run left unfinished");
      Optional<Manifest> parent = Optional.empty();
      if (left.parent().isPresent()) {
        parent = pinned(job, left.id(), left.parent().get());
      } else {
        job.makes(left.id(), null);
      }
      return new StartingPoint(
          left.id(),
          parent,
          known(left.id(), parent, left.runs()),
          left.runs().stream().flatMap(run -> run.sourceBytes().stream()).findFirst(),
          left.runs());
    }
    return begin(job, start);
  }

  /** Begins a backup, whatever others have left. */
  StartingPoint begin(Job job, Instant start) {
    BackupKind kind = base.kind();
    if (kind == BackupKind.INCREMENTAL) {
      BackupId id = BackupId.next(start, kind);
      for (BackupId candidate : parents()) {
        Optional<Manifest> parent = pinned(job, id, candidate);
        if (parent.isPresent()) {
          return new StartingPoint(id, parent, sound(known(parent)), Optional.empty(), List.of());
        }
      }
      progress.warn("there is no backup to build on: this one is a full one");
    }
    BackupId id = BackupId.next(start, BackupKind.FULL);
    job.makes(id, null);
    return new StartingPoint(id, Optional.empty(), KnownParts.NONE, Optional.empty(), List.of());
  }

  /**
   * What a backup's runs have left, and its parent. Of parts that lie elsewhere, those that the
   * parent names: while that is pinned, nobody takes them away.
   */
  KnownParts known(BackupId id, Optional<Manifest> parent, List<JobRecord> runs) {
    KnownParts all = known(parent).withCheckpoint(ranges(runs));
    return all.only(usable(id, parent, all.keys()));
  }

  /** Which parts are there, and will stay while this run lasts. */
  Predicate<PartEntry> usable(BackupId id, Optional<Manifest> parent, Set<String> keys) {
    Set<String> safe = known(parent).keys();
    Predicate<PartEntry> sound = repository.soundParts(keys);
    return part -> sound.test(part) && (safe.contains(part.key()) || repository.isMadeBy(id, part));
  }

  private static KnownParts known(Optional<Manifest> parent) {
    return parent.map(manifest -> KnownParts.of(manifest.tables())).orElse(KnownParts.NONE);
  }

  /** Without the parts whose objects are not there, or damaged. */
  KnownParts sound(KnownParts known) {
    return known.only(repository.soundParts(known.keys()));
  }

  /** Newest first. */
  private List<BackupId> parents() {
    if (base.parent().isPresent()) {
      return List.of(repository.resolve(base.parent().get()));
    }
    return repository.backups().reversed().stream().limit(MOST_PARENTS).map(Summary::id).toList();
  }

  /** The manifest of a backup to build on; empty if it is deleted or damaged. */
  Optional<Manifest> pinned(Job job, BackupId own, BackupId parent) {
    if (!job.makes(own, parent)) {
      progress.warn("backup " + parent + " was deleted: it cannot be built on");
      return Optional.empty();
    }
    try {
      return Optional.of(repository.manifest(parent));
    } catch (DamageFoundException damaged) {
      progress.warn("backup " + parent + " cannot be built on: " + damaged.reason());
      return Optional.empty();
    }
  }

  /** What runs have read and stored, in that order. */
  static List<CheckpointRange> ranges(List<JobRecord> runs) {
    return runs.stream().flatMap(run -> run.ranges().stream()).toList();
  }

  /**
   * A backup that no run has committed.
   *
   * @param runs that were at work on it, oldest first
   */
  private record Unfinished(BackupId id, List<JobRecord> runs) {

    Optional<BackupId> parent() {
      return runs.getLast().pinnedBackup();
    }
  }

  /** The records of those at work on a backup that is not finished, oldest first. */
  List<JobRecord> runsOf(BackupId id) {
    return repository.openJobs().stream()
        .filter(job -> job.ownBackups().contains(id))
        .sorted(BY_START)
        .toList();
  }

  private Optional<Unfinished> unfinished() {
    Set<BackupId> closed = repository.closedIds();
    Map<BackupId, List<JobRecord>> runs = new TreeMap<>();
    for (JobRecord job : repository.openJobs()) {
      job.ownBackup()
          .filter(id -> job.work().equals(Job.BACKUP))
          .filter(id -> !closed.contains(id) && !repository.isBuried(id))
          .ifPresent(id -> runs.computeIfAbsent(id, i -> new ArrayList<>()).add(job));
    }
    Optional<BackupId> asked = base.unfinished();
    if (asked.isPresent()) {
      if (!runs.containsKey(asked.get())) {
        throw new InvalidRequestException(
            "go on with",
            "backup " + asked.get() + " of " + repository.location(),
            closed.contains(asked.get())
                ? "it is finished"
                : "no run that could be gone on with has left it",
            "Leave out --continue: a run goes on by itself with what another left unfinished.");
      }
      return Optional.of(unfinished(asked.get(), runs));
    }
    return runs.keySet().stream()
        .filter(id -> id.kind() == base.kind())
        .reduce((earlier, later) -> later)
        .map(id -> unfinished(id, runs))
        .filter(left -> isAskedFor(left.parent()));
  }

  private static Unfinished unfinished(BackupId id, Map<BackupId, List<JobRecord>> runs) {
    return new Unfinished(
        id, Objects.requireNonNull(runs.get(id)).stream().sorted(BY_START).toList());
  }

  private boolean isAskedFor(Optional<BackupId> parent) {
    Optional<String> asked = base.parent();
    return asked.isEmpty() || asked.map(repository::resolve).equals(parent);
  }
}
