package io.varve.backup;

import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.backup.KnownParts.KnownRange;
import io.varve.mysql.Catalog;
import io.varve.mysql.KeyRange;
import io.varve.mysql.Snapshot;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.Source;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableReader;
import io.varve.mysql.Throttle;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.WorkPlan;
import io.varve.repository.WorkPlan.PlannedRange;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Cuts a backup into shares for several processes, of about the same size: by the index where a
 * table is large, by known parts where there are any. Reads no rows. For one run.
 */
public final class BackupPlanner {

  /** So many ranges for each worker: a large table is spread over all, and shares become even. */
  private static final int RANGES_A_WORKER = 4;

  private final Source source;
  private final SourceRepository repository;
  private final BackupOptions options;
  private final Clock clock;
  private final StartingPoints startingPoints;

  public BackupPlanner(
      Source source,
      SourceRepository repository,
      BackupOptions options,
      Progress progress,
      Clock clock) {
    this.source = source;
    this.repository = repository;
    this.options = options;
    this.clock = clock;
    this.startingPoints = new StartingPoints(repository, options.base(), progress);
  }

  /** Whether the workers open one snapshot together, or each its own. */
  public enum Snapshots {
    SHARED,
    OWN
  }

  /**
   * Makes a plan. Asked for again under the same name it is the same plan.
   *
   * @param name for the job; one is found where none is given
   * @throws InvalidRequestException if there is nothing to back up
   */
  public PlanReport run(Optional<String> name, int workers, Snapshots snapshots) {
    Optional<WorkPlan> there = name.flatMap(repository::plan);
    if (there.isPresent()) {
      return report(there.get(), 0);
    }
    Job job = Job.ofBackup(repository, clock);
    try {
      StartingPoint start = startingPoints.begin(job, clock.instant());
      Catalog catalog = source.catalog(options.selection());
      requireAny(catalog);
      List<PlannedRange> ranges = ranges(catalog, start, workers);
      WorkPlan plan =
          new WorkPlan(
              Repository.FORMAT,
              name.orElse(job.id()),
              start.id(),
              start.parent().map(Manifest::id).orElse(null),
              workers,
              snapshots == Snapshots.SHARED,
              options.selection().includes(),
              options.selection().excludes(),
              options.partBytes(),
              options.compressionLevel(),
              options.accounts(),
              options.tags(),
              ranges);
      PlanReport report = report(repository.putPlan(plan), bytes(catalog));
      job.handsOver();
      return report;
    } catch (InvalidRequestException failed) {
      job.failed(failed);
      throw source.explained(failed, options.selection());
    } catch (RuntimeException | Error failed) {
      job.failed(failed);
      throw failed;
    }
  }

  private static PlanReport report(WorkPlan plan, long bytes) {
    return new PlanReport(plan.job(), plan.backup(), plan.workers(), plan.ranges().size(), bytes);
  }

  private static long bytes(Catalog catalog) {
    return catalog.tables().stream().mapToLong(SourceTable::dataBytes).sum();
  }

  private void requireAny(Catalog catalog) {
    if (catalog.schemas().isEmpty()) {
      throw new InvalidRequestException(
          "plan a backup of",
          source.address(),
          "there is nothing that matches",
          "Check --include and --exclude, and that the user has the SELECT privilege.");
    }
  }

  /** A range, and by what its share grows. */
  private record Sized(SourceTable table, KeyRange range, long bytes) {}

  private List<PlannedRange> ranges(Catalog catalog, StartingPoint start, int workers) {
    List<SourceTable> tables = catalog.tables();
    Cover cover = new Cover.Whole(start.known(), tables, Set.of(), options);
    List<Sized> sized = new ArrayList<>();
    try (Snapshot snapshot =
        source.snapshot(
            1, tables.stream().map(SourceTable::name).toList(), Optional.of(SnapshotWay.SINGLE))) {
      TableReader reader = source.readers(snapshot, Throttle.NONE).getFirst();
      for (SourceTable table : tables) {
        if (!table.definition().definitionOnly()) {
          sized.addAll(sized(table, cover.ranges(table, reader, RANGES_A_WORKER * workers)));
        }
      }
    }
    return dealt(merged(sized, bytes(catalog) / (RANGES_A_WORKER * workers)), workers);
  }

  private static List<Sized> sized(SourceTable table, List<KnownRange> ranges) {
    return ranges.stream()
        .map(
            range ->
                new Sized(
                    table,
                    range.keys(),
                    range.parts().isEmpty() ? table.dataBytes() / ranges.size() : range.rawBytes()))
        .toList();
  }

  /** Neighbours of one table together, up to some size: a plan is to stay small. */
  private static List<Sized> merged(List<Sized> ranges, long mostBytes) {
    List<Sized> merged = new ArrayList<>();
    for (Sized next : ranges) {
      Sized last = merged.isEmpty() ? null : merged.getLast();
      if (last != null
          && last.table().equals(next.table())
          && last.bytes() + next.bytes() <= mostBytes) {
        KeyRange both = new KeyRange(last.range().lower(), next.range().upper());
        merged.set(merged.size() - 1, new Sized(last.table(), both, last.bytes() + next.bytes()));
      } else {
        merged.add(next);
      }
    }
    return merged;
  }

  /** The largest first, each to whoever has least. */
  private static List<PlannedRange> dealt(List<Sized> ranges, int workers) {
    record Share(int worker, long bytes) {}
    PriorityQueue<Share> shares =
        new PriorityQueue<>(Comparator.comparingLong(Share::bytes).thenComparing(Share::worker));
    for (int worker = 0; worker < workers; worker++) {
      shares.add(new Share(worker, 0));
    }
    List<PlannedRange> planned = new ArrayList<>();
    ranges.stream()
        .sorted(Comparator.comparingLong(Sized::bytes).reversed())
        .forEach(
            range -> {
              Share least = shares.remove();
              TableDefinition table = range.table().definition();
              planned.add(
                  new PlannedRange(
                      least.worker(),
                      table.name().schema(),
                      table.name().table(),
                      table.hash(),
                      range.range().lower(),
                      range.range().upper()));
              shares.add(new Share(least.worker(), least.bytes() + Math.max(1, range.bytes())));
            });
    return planned;
  }
}
