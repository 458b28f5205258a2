package io.varve.retention;

import io.varve.CallTime;
import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.TimeLimit;
import io.varve.VarveException;
import io.varve.repository.BackupId;
import io.varve.repository.Job;
import io.varve.repository.JobRecord;
import io.varve.repository.ListedJob;
import io.varve.repository.Manifest;
import io.varve.repository.SourceRepository;
import io.varve.repository.Standing;
import io.varve.repository.Summary;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Takes backups away that the policy does not keep, and all that no backup needs. For one run.
 *
 * <p>Safe beside backups, restores, other prunes and itself killed at any point, whatever their
 * clocks say, by the order of its steps; docs/crash-safety.md says why. A wrong clock, or a run
 * that is silent for a day, costs that run its work, and never a backup. When its time is up it
 * stops between two of these steps, where it might as well have died.
 */
public final class Prune {

  /** A run that has put no sign of life for so long is dead. */
  private static final Duration SILENCE_OF_THE_DEAD = Duration.ofHours(24);

  /** The records of ended jobs stay so long. */
  private static final Duration JOBS_STAY = Duration.ofDays(90);

  /** A backup may be older than its manifest by the time that it took, and by this. */
  private static final Duration WRONG_CLOCK = Duration.ofHours(1);

  /** Each other prune that deletes manifests meanwhile costs one. */
  private static final int MOST_LOOKS = 10;

  private static final Duration LONGEST_RUN = Duration.ofDays(7);

  private final SourceRepository repository;
  private final Progress progress;
  private final Clock clock;
  private final Consumer<Object> steps;
  private final CallTime time;

  public Prune(SourceRepository repository, Progress progress, Clock clock) {
    this(repository, progress, clock, TimeLimit.NONE);
  }

  /**
   * With a limit.
   *
   * @param limit until when it may work
   */
  public Prune(SourceRepository repository, Progress progress, Clock clock, TimeLimit limit) {
    this(repository, progress, clock, limit, known -> {});
  }

  /**
   * For tests that search through all orders of calls.
   *
   * @param steps hears at the beginning of each step all that this and later steps go by
   */
  Prune(SourceRepository repository, Progress progress, Clock clock, Consumer<Object> steps) {
    this(repository, progress, clock, TimeLimit.NONE, steps);
  }

  private Prune(
      SourceRepository repository,
      Progress progress,
      Clock clock,
      TimeLimit limit,
      Consumer<Object> steps) {
    this.repository = repository;
    this.progress = progress;
    this.clock = clock;
    this.steps = steps;
    this.time = new CallTime(limit);
  }

  /** Says what would go and why the others stay; writes nothing. */
  public PruneReport plan(RetentionPolicy policy) {
    return new PruneReport(verdicts(policy), 0, 0, 0, true);
  }

  /**
   * Takes away what the policy does not keep, then what nothing needs.
   *
   * @throws ContinueException if the time is up before the end: a call with the same policy goes on
   */
  public PruneReport run(RetentionPolicy policy) {
    List<PruneReport.Verdict> verdicts = verdicts(policy);
    return run(
        verdicts,
        verdicts.stream().filter(backup -> !backup.stays()).map(PruneReport.Verdict::id).toList());
  }

  /**
   * Takes one backup away, then what nothing needs.
   *
   * @throws InvalidRequestException if it is held
   */
  public PruneReport forget(BackupId id) {
    if (repository.held().contains(id)) {
      throw new InvalidRequestException(
          "forget",
          "backup " + id + " of " + repository.location(),
          "it is held",
          "Release it first: varve hold " + id + " --release.");
    }
    return run(List.of(new PruneReport.Verdict(id, false, List.of("named"))), List.of(id));
  }

  private PruneReport run(List<PruneReport.Verdict> verdicts, List<BackupId> going) {
    steps.accept(going);
    Job job = Job.ofPrune(repository, clock);
    try {
      each(going, id -> repository.bury(id, job.id()));
      PruneReport report = sweep(verdicts, job);
      job.done();
      return report;
    } catch (ContinueException next) {
      job.endedEarly(next);
      throw next;
    } catch (RuntimeException | Error failed) {
      job.failed(failed);
      throw failed;
    }
  }

  /** Takes things away, one after another, as long as there is time. */
  private <T> void each(Collection<T> things, Consumer<T> takeAway) {
    for (T thing : things) {
      requireTime();
      takeAway.accept(thing);
      time.cameFurther();
    }
  }

  private void requireTime() {
    if (time.isUp()) {
      throw timeIsUp();
    }
  }

  private VarveException timeIsUp() {
    if (time.hasComeFurther()) {
      return new ContinueException(
          "finish pruning",
          repository.location(),
          "the time is up before all is deleted that may go",
          "",
          "Call it again with the same options: it goes on where it stopped.");
    }
    return new InvalidRequestException(
        "finish pruning",
        repository.location(),
        "a call has " + time.given() + " for work, and they were over before anything was deleted",
        "Give it more time (--deadline), or run it where nothing limits its time.");
  }

  private PruneReport sweep(List<PruneReport.Verdict> verdicts, Job job) {
    Needs needs = settledNeeds(repository.timeOf(job));
    steps.accept(needs);
    progress.begin("deleting", 0);
    each(needs.gone(), repository::deleteManifest);
    long[] parts = new long[2];
    Map<String, Long> there = repository.partSizes();
    for (Map.Entry<String, Long> part : Map.copyOf(there).entrySet()) {
      Optional<BackupId> folder = repository.backupOf(part.getKey()).flatMap(BackupId::parse);
      if (folder.isPresent()
          && needs.swept().contains(folder.get())
          && !needs.parts().contains(part.getKey())) {
        requireTime();
        repository.deletePart(part.getKey());
        time.cameFurther();
        there.remove(part.getKey());
        parts[0]++;
        parts[1] += part.getValue();
        progress.advance(0, part.getValue());
      }
    }
    // also those of runs that ended without a commit, and of a prune that was killed before this
    each(
        repository.recorded().stream()
            .filter(id -> needs.swept().contains(id) && !needs.kept().contains(id))
            .toList(),
        repository::deleteRecordsOf);
    each(
        repository.damagedParts().stream().filter(part -> !there.containsKey(part)).toList(),
        repository::forgetDamage);
    each(needs.oldJobs(), repository::delete);
    repository.deleteTrialsBefore(needs.now().minus(SILENCE_OF_THE_DEAD));
    return new PruneReport(verdicts, needs.gone().size(), parts[0], parts[1], false);
  }

  /**
   * What a sweep goes by.
   *
   * @param gone buried, and nobody uses them
   * @param swept whose folders are closed: no run can add to them, and what nothing needs may go
   * @param kept whose manifests stay
   * @param parts that those name
   */
  private record Needs(
      Instant now,
      SortedSet<BackupId> gone,
      SortedSet<BackupId> swept,
      SortedSet<BackupId> kept,
      SortedSet<String> parts,
      List<ListedJob> oldJobs) {}

  private Needs settledNeeds(Instant now) {
    for (int i = 0; i < MOST_LOOKS; i++) {
      steps.accept(now);
      Optional<Needs> needs = needs(now);
      if (needs.isPresent()) {
        return needs.get();
      }
    }
    throw new RetryLaterException(
        "prune",
        repository.location(),
        "manifests go away while they are read, " + MOST_LOOKS + " times in a row",
        "Let the other prunes end first.");
  }

  /**
   * The order of these lines is what makes it safe.
   *
   * @return empty if a manifest that was listed is gone when it is read: another prune was faster.
   *     What it named is not known then, nor which later backup names the same
   * @throws io.varve.DamageFoundException if one cannot be read: what it needs is not known, so
   *     nothing is deleted
   */
  private Optional<Needs> needs(Instant now) {
    Set<BackupId> buried = repository.buried();
    List<ListedJob> jobs = repository.jobs();
    Set<BackupId> pinned = pinnedByTheLiving(jobs, now);
    List<ListedJob> oldJobs =
        jobs.stream().filter(job -> job.lastModified().plus(JOBS_STAY).isBefore(now)).toList();
    steps.accept(List.of(now, buried, pinned, oldJobs));
    SortedSet<BackupId> closed = new TreeSet<>(repository.closedIds());
    SortedSet<BackupId> kept = new TreeSet<>();
    SortedSet<String> parts = new TreeSet<>();
    SortedSet<BackupId> gone = new TreeSet<>();
    for (BackupId id : closed) {
      if (buried.contains(id) && !pinned.contains(id)) {
        gone.add(id);
        continue;
      }
      switch (repository.standing(id)) {
        case Standing.Committed(Manifest manifest) -> {
          requireTime();
          kept.add(id);
          manifest.tables().forEach(table -> table.parts().forEach(part -> parts.add(part.key())));
        }
        case Standing.Fenced() -> {}
        case Standing.Absent() -> {
          return Optional.empty();
        }
      }
    }
    SortedSet<BackupId> swept = new TreeSet<>(closed);
    swept.addAll(buried);
    return Optional.of(new Needs(now, gone, swept, kept, parts, oldJobs));
  }

  /** Fences the dead: they can no longer commit. What the others pin stays. */
  private SortedSet<BackupId> pinnedByTheLiving(List<ListedJob> jobs, Instant now) {
    SortedSet<BackupId> pinned = new TreeSet<>();
    Set<BackupId> alive = new TreeSet<>();
    Map<BackupId, String> dead = new TreeMap<>();
    for (JobRecord job : repository.open(jobs)) {
      if (job.lastModified().plus(SILENCE_OF_THE_DEAD).isBefore(now)) {
        job.ownBackups().forEach(id -> dead.put(id, job.id()));
      } else {
        pinned.addAll(job.pins());
        alive.addAll(job.ownBackups());
      }
    }
    dead.keySet().removeAll(alive); // others go on with what these have begun
    dead.forEach((id, job) -> repository.fence(id, job, clock.instant()));
    return pinned;
  }

  private List<PruneReport.Verdict> verdicts(RetentionPolicy policy) {
    List<Summary> backups = repository.backups();
    Map<BackupId, Instant> stored = repository.manifestTimes();
    Set<BackupId> held = repository.held();
    Map<BackupId, List<String>> reasons = new TreeMap<>();
    List<Summary> trusted = new ArrayList<>();
    for (Summary backup : backups) {
      if (isDatedRight(backup, stored)) {
        trusted.add(backup);
      } else {
        // else whoever can write could make the real ones expire
        reasons.put(backup.id(), List.of("its time is not that at which it was stored"));
      }
    }
    Map<BackupId, BackupId> standIns = standIns(trusted);
    trusted.removeIf(backup -> standIns.containsKey(backup.id()));
    policy.kept(trusted).forEach((id, why) -> reasons.put(id, new ArrayList<>(why)));
    standIns.forEach(
        (before, now) -> {
          if (reasons.containsKey(now)) {
            reasons.put(before, List.of("repaired as " + now + ", which stays"));
          }
        });
    held.forEach(id -> reasons.merge(id, List.of("held"), (old, more) -> joined(old, more)));
    return backups.stream()
        .map(
            backup ->
                new PruneReport.Verdict(
                    backup.id(),
                    reasons.containsKey(backup.id()),
                    reasons.getOrDefault(backup.id(), List.of())))
        .toList();
  }

  /**
   * Backups that a repair has made again under another id, while the old one is still there: both
   * are one to the policy, and stay or go together. Which is the good one is for repair to say.
   */
  private static Map<BackupId, BackupId> standIns(List<Summary> backups) {
    Map<BackupId, Instant> times = new HashMap<>();
    backups.forEach(backup -> times.put(backup.id(), backup.snapshotTime()));
    Map<BackupId, BackupId> standIns = new HashMap<>();
    for (Summary backup : backups) {
      BackupId before = backup.repairs();
      // of another time it would be another backup to the policy, and whoever wrote that, lies
      if (before != null && backup.snapshotTime().equals(times.get(before))) {
        standIns.put(before, backup.id());
      }
    }
    return standIns;
  }

  private static List<String> joined(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  private static boolean isDatedRight(Summary backup, Map<BackupId, Instant> stored) {
    Instant put = stored.get(backup.id());
    if (put == null) {
      return false;
    }
    Duration took = Duration.ofMillis((long) (1000 * backup.totals().seconds()));
    Duration before = took.compareTo(LONGEST_RUN) > 0 ? LONGEST_RUN : took;
    return backup.snapshotTime().isBefore(put.plus(WRONG_CLOCK))
        && (backup.repairs() != null
            || backup.snapshotTime().isAfter(put.minus(WRONG_CLOCK).minus(before)));
  }
}
