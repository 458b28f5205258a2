package io.varve.backup;

import io.varve.DamageFoundException;
import io.varve.Progress;
import io.varve.codec.BlockPool;
import io.varve.codec.EncodedPart;
import io.varve.codec.PartEncoder;
import io.varve.mysql.Snapshot;
import io.varve.mysql.Source;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableChangedException;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Throttle;
import io.varve.mysql.Throttling;
import io.varve.repository.BackupId;
import io.varve.repository.Job;
import io.varve.repository.Lease;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.repository.TableEntry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Makes damaged parts again from the source, where the rows of their range are still what they
 * were; then every backup that names one gets a new manifest of the same snapshot under a new id,
 * and the old id a tombstone. For one run.
 *
 * <p>Damaged is what is missing, has another size, or was found by verify to read otherwise.
 */
public final class Repair {

  private final Source source;
  private final SourceRepository repository;
  private final int compressionLevel;
  private final Throttle throttle;
  private final Progress progress;
  private final Clock clock;
  private final Map<String, PartEntry> made = new HashMap<>();
  private final Map<String, RepairReport.Part> parts = new TreeMap<>();

  public Repair(
      Source source,
      SourceRepository repository,
      int compressionLevel,
      Throttling throttling,
      Progress progress,
      Clock clock) {
    this.source = source;
    this.repository = repository;
    this.compressionLevel = compressionLevel;
    this.throttle = source.throttle(throttling, () -> false, progress::warn);
    this.progress = progress;
    this.clock = clock;
  }

  /** Repairs what can be; what cannot is in the report. */
  public RepairReport run() {
    Job job = Job.ofRepair(repository, clock);
    try (Lease lease = Lease.take(repository, job, progress::warn)) {
      RepairReport report = run(job, lease);
      job.done();
      return report;
    } catch (RuntimeException | Error failed) {
      job.failed(failed);
      throw failed;
    }
  }

  private RepairReport run(Job job, Lease lease) {
    Map<String, Long> sizes = repository.partSizes();
    var damagedKeys = repository.damagedParts();
    Predicate<PartEntry> isDamaged =
        part ->
            sizes.getOrDefault(part.key(), -1L) != part.storedBytes()
                || damagedKeys.contains(part.key());
    List<Summary> backups = repository.backups();
    Set<BackupId> held = repository.held();
    List<RepairReport.Backup> replaced = retireReplaced(backups, job);
    Set<BackupId> retired =
        replaced.stream().map(RepairReport.Backup::before).collect(Collectors.toSet());
    List<BackupId> unreadable = new ArrayList<>();
    Optional<BackupId> home = Optional.empty();
    for (Summary backup : backups) {
      if (retired.contains(backup.id())) {
        continue;
      }
      BackupId own = BackupId.next(backup.id().time(), backup.kind());
      // the remade parts lie in the folder of the first new id, so that one stays pinned
      if (!job.makes(own, backup.id(), home.orElse(null))) {
        continue;
      }
      Manifest manifest;
      try {
        manifest = repository.manifest(backup.id());
      } catch (DamageFoundException e) {
        progress.warn("backup " + backup.id() + " cannot be repaired: " + e.reason());
        unreadable.add(backup.id());
        continue;
      }
      List<TableEntry> hit =
          manifest.tables().stream()
              .filter(table -> table.parts().stream().anyMatch(isDamaged))
              .toList();
      if (hit.isEmpty()) {
        continue;
      }
      remake(home.orElse(own), hit, isDamaged);
      List<TableEntry> tables =
          manifest.tables().stream().map(table -> mended(table, isDamaged)).toList();
      if (!tables.equals(manifest.tables())) {
        lease.require();
        if (held.contains(backup.id())) {
          repository.hold(own); // before anybody sees it, so that no policy takes it away
        }
        repository.commit(manifest.repaired(own, job.id(), tables));
        repository.bury(backup.id(), job.id());
        replaced.add(new RepairReport.Backup(backup.id(), own));
        home = Optional.of(home.orElse(own));
      }
    }
    return new RepairReport(List.copyOf(parts.values()), replaced, unreadable);
  }

  /**
   * A repair that died between its commit and the tombstone has left the backup twice. The summary
   * tells which one stands for another; that it is there, its manifest has to show.
   */
  private List<RepairReport.Backup> retireReplaced(List<Summary> backups, Job job) {
    Set<BackupId> counting = backups.stream().map(Summary::id).collect(Collectors.toSet());
    List<RepairReport.Backup> retired = new ArrayList<>();
    for (Summary backup : backups) {
      BackupId before = backup.repairs();
      if (before != null && counting.contains(before) && standsFor(before, backup.id())) {
        repository.bury(before, job.id());
        retired.add(new RepairReport.Backup(before, backup.id()));
      }
    }
    return retired;
  }

  private boolean standsFor(BackupId before, BackupId now) {
    try {
      return before.equals(repository.manifest(now).repairs());
    } catch (DamageFoundException e) {
      return false;
    }
  }

  private TableEntry mended(TableEntry table, Predicate<PartEntry> isDamaged) {
    return table.withParts(
        table.parts().stream()
            .map(
                part ->
                    isDamaged.test(part) && made.containsKey(part.key())
                        ? made.get(part.key()).withRange(part.lower(), part.upper())
                        : part)
            .collect(Collectors.toList()));
  }

  private void remake(BackupId home, List<TableEntry> hit, Predicate<PartEntry> isDamaged) {
    List<TableName> names = hit.stream().map(table -> table.definition().name()).toList();
    Map<TableName, TableDefinition> now = new HashMap<>();
    source.catalog(TableSelection.of(names)).tables().stream()
        .map(SourceTable::definition)
        .forEach(table -> now.put(table.name(), table));
    List<TableName> there = names.stream().filter(now::containsKey).toList();
    try (Snapshot snapshot = source.snapshot(1, there, Optional.empty());
        PartEncoder encoder = new PartEncoder(compressionLevel, new BlockPool())) {
      TableReader reader = source.readers(snapshot, throttle).getFirst();
      for (TableEntry table : hit) {
        TableDefinition definition = now.get(table.definition().name());
        for (PartEntry part : table.parts()) {
          if (isDamaged.test(part) && !parts.containsKey(part.key())) {
            String why =
                definition == null
                    ? "the source has no such table any more"
                    : !definition.hash().equals(table.definitionHash())
                        ? "the table's definition has changed"
                        : !definition.hasRangeKey() && table.parts().size() > 1
                            ? "its rows have no key by which they could be found again"
                            : remake(home, reader, encoder, definition, part);
            parts.put(
                part.key(),
                new RepairReport.Part(
                    part.key(), table.definition().name().toString(), why.isEmpty(), why));
          }
        }
      }
    }
  }

  /** Empty, or why not. */
  private String remake(
      BackupId home,
      TableReader reader,
      PartEncoder encoder,
      TableDefinition table,
      PartEntry part) {
    throttle.await();
    encoder.begin(table.forms());
    try {
      reader.read(table, part.range(), Long.MAX_VALUE, encoder::add);
    } catch (TableChangedException e) {
      return "the table's definition has changed";
    }
    if (!encoder.checksum().equals(part.checksum(), table.rowsMayRepeat())) {
      return "the rows of its range have changed";
    }
    EncodedPart encoded = encoder.finish();
    made.put(part.key(), repository.putPart(home, table, made.size(), encoded));
    encoded.content().release();
    progress.advance(part.rows(), part.rawBytes());
    return "";
  }
}
