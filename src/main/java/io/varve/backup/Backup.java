package io.varve.backup;

import io.varve.CommitStateUnknownException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.Version;
import io.varve.codec.RowChecksum;
import io.varve.mysql.Account;
import io.varve.mysql.BinlogCoordinates;
import io.varve.mysql.Catalog;
import io.varve.mysql.LogPosition;
import io.varve.mysql.MissingPrivilege;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.ServerInfo;
import io.varve.mysql.Snapshot;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.Source;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableIdentity;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Consistency;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.Repository;
import io.varve.repository.SourceInfo;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableEntry;
import io.varve.repository.Totals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A backup from the first look at the source to the commit: passes over snapshots until one has
 * seen every table unchanged by DDL. For one run.
 *
 * <p>Memory: for each connection one part being made and one being put, and up to three times the
 * largest row, for those that are large are read in turns. The source is asked for nothing but
 * reads; no lock is held for longer than one part is read.
 */
public final class Backup {

  private static final int MOST_PASSES = 5;
  private static final int MOST_OPENINGS = 10;

  private final Source source;
  private final SourceRepository repository;
  private final BackupOptions options;
  private final Progress progress;
  private final Clock clock;

  public Backup(
      Source source,
      SourceRepository repository,
      BackupOptions options,
      Progress progress,
      Clock clock) {
    this.source = source;
    this.repository = repository;
    this.options = options;
    this.progress = progress;
    this.clock = clock;
  }

  /**
   * Makes a full backup.
   *
   * @throws io.varve.VarveException if it ends without one: then nothing of it counts, and its run
   *     can no longer commit
   */
  public BackupReport run() {
    try {
      return runOnce();
    } catch (InvalidRequestException failed) {
      throw source.explained(failed, options.selection());
    }
  }

  private BackupReport runOnce() {
    Instant start = clock.instant();
    BackupId id = BackupId.next(start, BackupKind.FULL);
    requireAny();
    Job job = Job.ofBackup(repository, id, clock);
    try {
      Manifest manifest = passes(id, job, start);
      progress.begin("committing", 0);
      repository.commit(manifest);
      try {
        job.done();
      } catch (VarveException e) {
        progress.warn("the job's record could not be closed: " + e.reason());
      }
      return new BackupReport(
          id, BackupKind.FULL, manifest.totals(), manifest.consistency(), manifest.notes());
    } catch (CommitStateUnknownException unknown) {
      throw unknown; // a fence could make a lie of a commit that did happen
    } catch (RuntimeException | Error failed) {
      job.failed(failed);
      throw failed;
    }
  }

  private Manifest passes(BackupId id, Job job, Instant start) {
    KnownParts known = KnownParts.NONE;
    Set<TableName> changed = Set.of();
    for (int pass = 1; pass <= MOST_PASSES; pass++) {
      try (Opening opening = open();
          PartUploads uploads =
              new PartUploads(
                  repository, id, options.parallel(), options.parallel() * options.partBytes())) {
        progress.begin("reading", opening.expectedBytes());
        PassResult result =
            new SnapshotPass(
                    opening.readers(source),
                    known,
                    opening.surelyKnown(),
                    uploads,
                    options,
                    progress)
                .run(opening.catalog().tables());
        changed = new TreeSet<>(result.changed());
        changed.addAll(opening.changedSince(source));
        if (changed.isEmpty()) {
          return manifest(id, job, opening, result.tables(), pass, start);
        }
        progress.warn("DDL changed " + names(changed) + " during the backup: reading again");
        known = new KnownParts(result.tables(), repository.partSizes(Optional.of(id)));
      }
    }
    throw new RetryLaterException(
        "back up",
        names(changed),
        "DDL changed it during each of " + MOST_PASSES + " passes",
        "Run the backup when the schema change is over, or exclude the table.");
  }

  /** A snapshot, and what the source's tables were before it was opened. */
  private record Opening(
      Catalog catalog, Map<TableName, TableIdentity> identities, Snapshot snapshot)
      implements AutoCloseable {

    List<TableReader> readers(Source source) {
      return source.readers(snapshot);
    }

    /** The tables whose identity shows every DDL that can take rows away. */
    Set<TableName> surelyKnown() {
      return identities.entrySet().stream()
          .filter(table -> table.getValue().isSure())
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }

    long expectedBytes() {
      return catalog.tables().stream().mapToLong(SourceTable::dataBytes).sum();
    }

    /** The tables that are no longer what they were: what was read of them may be anything. */
    Set<TableName> changedSince(Source source) {
      Map<TableName, TableIdentity> now = source.identities(identities.keySet());
      return identities.entrySet().stream()
          .filter(table -> !table.getValue().equals(now.get(table.getKey())))
          .map(Map.Entry::getKey)
          .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void close() {
      snapshot.close();
    }
  }

  /**
   * Identities first, then definitions, then the snapshot: so that a change between any two of them
   * shows afterwards.
   */
  private Opening open() {
    for (int opening = 1; opening <= MOST_OPENINGS; opening++) {
      Map<TableName, TableIdentity> identities =
          source.identities(source.names(options.selection()));
      Catalog catalog = source.catalog(options.selection());
      List<TableName> tables = catalog.tables().stream().map(SourceTable::name).toList();
      List<TableName> read =
          catalog.tables().stream()
              .filter(table -> !table.definition().definitionOnly())
              .map(SourceTable::name)
              .toList();
      Snapshot snapshot = source.snapshot(options.parallel(), read, options.snapshotWay());
      Optional<Catalog> whole = Optional.empty();
      try {
        // a table made before the snapshot and not in the list would be missing from the backup
        if (identities.keySet().equals(Set.copyOf(tables))
            && source.names(options.selection()).equals(identities.keySet())) {
          whole = source.withSequences(catalog);
        }
      } finally {
        if (whole.isEmpty()) {
          snapshot.close();
        }
      }
      if (whole.isPresent()) {
        return new Opening(whole.get(), identities, snapshot);
      }
    }
    throw new RetryLaterException(
        "open a snapshot of",
        source.address(),
        "tables are made or dropped all the time",
        "Exclude the tables that come and go (--exclude), or run the backup at another time.");
  }

  private Manifest manifest(
      BackupId id, Job job, Opening opening, List<TableEntry> tables, int passes, Instant start) {
    Snapshot snapshot = opening.snapshot();
    Optional<BinlogCoordinates> coordinates = snapshot.position().flatMap(LogPosition::coordinates);
    List<String> outside =
        named(opening, table -> !table.transactional() && !table.definitionOnly());
    List<String> notes = new ArrayList<>(opening.catalog().notes());
    outside.forEach(
        table ->
            notes.add(
                table
                    + " has no snapshots: it was read under a lock of its own, at another moment"
                    + " than the others"));
    named(opening, TableDefinition::definitionOnly)
        .forEach(
            table -> notes.add(table + " has no rows of its own: its definition is backed up"));
    @Nullable List<Account> accounts = options.accounts() ? source.accounts(notes::add) : null;
    missingPrivileges(opening).forEach(missing -> notes.add(missing.note()));
    notes.forEach(progress::warn);
    if (snapshot.connections().size() < options.parallel()) {
      // slower than asked for: the reasons say what to grant
      snapshot.shortfalls().forEach(progress::warn);
    }
    return new Manifest(
        Repository.FORMAT,
        id,
        BackupKind.FULL,
        null,
        job.id(),
        repository.name(),
        serverInfo(),
        snapshot.takenAt(),
        new Consistency(
            snapshot.way().toString(),
            snapshot.connections().size(),
            passes,
            snapshot.shortfalls(),
            outside,
            coordinates.map(BinlogCoordinates::file).orElse(null),
            coordinates.map(BinlogCoordinates::offset).orElse(null),
            snapshot.position().flatMap(LogPosition::gtidSet).orElse(null)),
        Version.current(),
        RowChecksum.ALGORITHM,
        "none",
        options.selection().includes(),
        options.selection().excludes(),
        opening.catalog().schemas(),
        tables,
        totals(tables, start),
        notes,
        accounts);
  }

  private static List<String> named(Opening opening, Predicate<TableDefinition> which) {
    return opening.catalog().tables().stream()
        .map(SourceTable::definition)
        .filter(which)
        .map(TableDefinition::nameAndEngine)
        .toList();
  }

  /** Of ways to a snapshot, those count that would have been better than the one taken. */
  private List<MissingPrivilege> missingPrivileges(Opening opening) {
    Set<SnapshotWay> ways =
        options
            .snapshotWay()
            .map(Set::of)
            .orElseGet(() -> opening.snapshot().way().andBetter(options.parallel()));
    return source.missingPrivileges(
        opening.catalog().schemas().stream().map(SchemaDefinition::name).toList(), ways);
  }

  private SourceInfo serverInfo() {
    ServerInfo info = source.info();
    return new SourceInfo(
        info.flavour().name().toLowerCase(Locale.ROOT),
        info.version().toString(),
        info.sqlMode(),
        info.timeZone(),
        info.lowerCaseTableNames());
  }

  private Totals totals(List<TableEntry> tables, Instant start) {
    var parts = tables.stream().flatMap(table -> table.parts().stream()).toList();
    return new Totals(
        tables.size(),
        parts.size(),
        tables.stream().mapToLong(TableEntry::rows).sum(),
        parts.stream().mapToLong(part -> part.rawBytes()).sum(),
        parts.stream().mapToLong(part -> part.storedBytes()).sum(),
        Duration.between(start, clock.instant()).toMillis() / 1000.0);
  }

  private void requireAny() {
    if (source.names(options.selection()).isEmpty()
        && source.catalog(options.selection()).schemas().isEmpty()) {
      throw new InvalidRequestException(
          "back up",
          source.address(),
          options.selection().includes().isEmpty()
              ? "it has no schema that this user may see"
              : "nothing there matches " + String.join(", ", options.selection().includes()),
          "Check --include and --exclude (wildcards on schema.table), and that the user has the"
              + " SELECT privilege on what is meant.");
    }
  }

  private static String names(Set<TableName> tables) {
    return tables.stream().map(TableName::toString).collect(Collectors.joining(", "));
  }
}
