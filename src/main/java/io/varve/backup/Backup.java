package io.varve.backup;

import static java.util.Objects.requireNonNull;

import io.varve.CommitStateUnknownException;
import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.RetryLaterException;
import io.varve.StoppedException;
import io.varve.VarveException;
import io.varve.Version;
import io.varve.codec.RowChecksum;
import io.varve.mysql.Account;
import io.varve.mysql.Catalog;
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
import io.varve.mysql.Throttle;
import io.varve.repository.BackupId;
import io.varve.repository.Consistency;
import io.varve.repository.Job;
import io.varve.repository.Lease;
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
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A backup from the first look at the source to the commit: passes over snapshots until one has
 * seen every table unchanged by DDL. For one run.
 *
 * <p>A run that ends before the commit, in whatever way, leaves what it has stored to the next,
 * which goes on under the same id. One run at a time works for a source.
 *
 * <p>Memory: for each connection one part being made and one being put, and up to three times the
 * largest row, for those that are large are read in turns. The source is asked for nothing but
 * reads; no lock is held for longer than one part is read.
 */
public final class Backup {

  private static final int MOST_PASSES = 5;
  private static final int MOST_OPENINGS = 10;

  /** What takes a byte as text may take two in the server's pages. */
  private static final long GROWTH_PER_READ = 2;

  private final Source source;
  private final SourceRepository repository;
  private final BackupOptions options;
  private final Progress progress;
  private final Clock clock;
  private final HistoryWatch.Rule historyRule;
  private final Throttle throttle;
  private final StartingPoints startingPoints;
  private final Consumer<BackupId> chosen;

  public Backup(
      Source source,
      SourceRepository repository,
      BackupOptions options,
      Progress progress,
      Clock clock) {
    this(source, repository, options, progress, clock, id -> {});
  }

  /**
   * @param chosen hears which backup this run makes, before it puts the first part of it
   */
  public Backup(
      Source source,
      SourceRepository repository,
      BackupOptions options,
      Progress progress,
      Clock clock,
      Consumer<BackupId> chosen) {
    this(source, repository, options, progress, clock, HistoryWatch.Rule.DEFAULT, chosen);
  }

  /** For tests: warns of the history's growth by another rule. */
  Backup(
      Source source,
      SourceRepository repository,
      BackupOptions options,
      Progress progress,
      Clock clock,
      HistoryWatch.Rule historyRule) {
    this(source, repository, options, progress, clock, historyRule, id -> {});
  }

  private Backup(
      Source source,
      SourceRepository repository,
      BackupOptions options,
      Progress progress,
      Clock clock,
      HistoryWatch.Rule historyRule,
      Consumer<BackupId> chosen) {
    this.chosen = chosen;
    this.source = source;
    this.repository = repository;
    this.options = options;
    this.progress = progress;
    this.clock = clock;
    this.historyRule = historyRule;
    this.throttle = source.throttle(options.throttling(), options.limit()::isNear, progress::warn);
    this.startingPoints = new StartingPoints(repository, options.base(), progress);
  }

  /** How the passes end where nothing fails. */
  private sealed interface Ending {

    /** Every table was seen in one snapshot. */
    record Whole(Manifest manifest) implements Ending {}

    /** The time was up before that; the next run goes on. */
    record TimeUp(VarveException answer) implements Ending {}
  }

  /**
   * Makes a backup.
   *
   * @throws ContinueException if the time is up before the commit: the next run goes on
   * @throws io.varve.VarveException if it ends without a backup: then nothing of it counts. What
   *     may succeed later is left for the next run to go on with; else the run can no longer commit
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
    requireAny();
    Job job = Job.ofBackup(repository, clock);
    Checkpoint checkpoint = new Checkpoint(job);
    VarveException timeIsUp;
    try (Lease lease = Lease.take(repository, job, progress::warn)) {
      StartingPoint point = startingPoints.choose(job, start);
      chosen.accept(point.id());
      Optional<Manifest> together = together(point, job, start);
      Ending ending =
          together.isPresent()
              ? new Ending.Whole(together.get())
              : passes(point, job, checkpoint, start);
      switch (ending) {
        case Ending.Whole(Manifest manifest) -> {
          return commit(manifest, point, job, lease);
        }
        case Ending.TimeUp(VarveException answer) -> timeIsUp = answer;
      }
    } catch (CommitStateUnknownException unknown) {
      throw unknown; // a fence could make a lie of a commit that did happen
    } catch (RetryLaterException | StoppedException later) {
      job.stopped(later, checkpoint::write);
      throw later;
    } catch (RuntimeException | Error failed) {
      job.failed(failed);
      throw failed;
    }
    job.stopped(timeIsUp, checkpoint::write);
    throw timeIsUp;
  }

  private BackupReport commit(Manifest manifest, StartingPoint point, Job job, Lease lease) {
    progress.begin("committing", 0);
    lease.require();
    repository.commit(manifest);
    try {
      job.done();
      job.endsOthers(point.runs(), manifest.id());
    } catch (VarveException e) {
      progress.warn("the job's record could not be closed: " + e.reason());
    }
    return BackupReport.of(manifest);
  }

  /** The backup that the workers of a plan have made, if all of it is of one snapshot. */
  private Optional<Manifest> together(StartingPoint attempt, Job job, Instant start) {
    return options
        .base()
        .plan()
        .flatMap(
            plan ->
                new SharedWork(source, repository, startingPoints, plan).whole(attempt, options))
        .map(
            whole ->
                manifest(
                    attempt,
                    job,
                    new Seen(
                        whole.catalog(),
                        requireNonNull(whole.snapshot().takenAt()),
                        requireNonNull(whole.snapshot().consistency())),
                    whole.result(),
                    List.of(whole.result().work()),
                    start,
                    List.of()));
  }

  private Ending passes(StartingPoint attempt, Job job, Checkpoint checkpoint, Instant start) {
    KnownParts known = attempt.known();
    Set<TableName> changed = Set.of();
    List<PassWork> work = new ArrayList<>();
    long began = System.nanoTime();
    Pace pace = new Pace(options.limit(), throttle);
    Set<String> notes = new LinkedHashSet<>();
    for (int pass = 1; pass <= MOST_PASSES; pass++) {
      try (Opening opening = open();
          HistoryWatch history = new HistoryWatch(source.status(), historyRule, progress);
          PartUploads uploads =
              new PartUploads(
                  repository,
                  attempt.id(),
                  options.parallel(),
                  options.parallel() * options.partBytes(),
                  options.limit())) {
        progress.begin("reading", opening.expectedBytes());
        job.sees(opening.expectedBytes());
        PassResult result =
            new SnapshotPass(
                    source.readers(opening.snapshot(), throttle),
                    new Cover.Whole(
                        known,
                        opening.catalog().tables(),
                        TableIdentity.sure(opening.identities()),
                        options),
                    uploads,
                    checkpoint,
                    options,
                    pace,
                    began,
                    progress)
                .run(opening.catalog().tables());
        work.add(result.work());
        history.end().ifPresent(notes::add);
        if (!result.finished()) {
          uploads.end();
          checkpoint.write();
          return new Ending.TimeUp(
              throttle.hasPaused()
                  ? goesOn(attempt, opening, result)
                  : new Headway(result.work(), uploads, checkpoint, options.limit())
                      .obstacle()
                      .<VarveException>map(
                          obstacle -> outOfReach(attempt.id(), obstacle.reason(), obstacle.hint()))
                      .orElseGet(() -> timeIsUp(attempt, opening, result)));
        }
        changed = new TreeSet<>(result.changed());
        changed.addAll(opening.changedSince(source));
        if (changed.isEmpty()) {
          return new Ending.Whole(
              manifest(attempt, job, opening.seen(work.size()), result, work, start, notes));
        }
        progress.warn("DDL changed " + names(changed) + " during the backup: reading again");
        known = startingPoints.sound(known.with(result.tables()));
      }
    }
    throw new RetryLaterException(
        "back up",
        names(changed),
        "DDL changed it during each of " + MOST_PASSES + " passes",
        "Run the backup when the schema change is over, or exclude the table.");
  }

  /**
   * Every pass judges everything, so that there is a size from which on no call comes to an end:
   * where the work of this one shows that, it is said, rather than tried for ever. After pauses for
   * others it shows nothing.
   */
  private VarveException timeIsUp(StartingPoint attempt, Opening opening, PassResult result) {
    BackupId id = attempt.id();
    PassWork work = result.work();
    double given = options.limit().usable().toMillis() / 1000.0;
    if (work.bytesRead() == 0 && work.judgedBytes() == 0) {
      return outOfReach(
          id,
          String.format(
              Locale.ROOT,
              "a call has %.1f seconds for work, and they were over before a row was read",
              given));
    }
    long bytes = result.knownBytes() + work.newBytes();
    long grown = opening.expectedBytes() - attempt.bytesAtFirst().orElse(opening.expectedBytes());
    if (work.judgedBytes() == 0 && grown > GROWTH_PER_READ * bytes) {
      return outOfReach(
          id,
          String.format(
              Locale.ROOT,
              "rows come in faster than they are read: %s in the %.1f seconds that a call has for"
                  + " work; since the first call the tables have grown by %s, and all calls have"
                  + " read %s",
              size(work.newBytes()),
              given,
              size(grown),
              size(bytes)));
    }
    int connections = opening.snapshot().connections().size();
    boolean onlyJudged = work.newBytes() == 0;
    double spent = onlyJudged ? given : work.secondsOfJudging() / connections;
    double needed = spent * bytes / Math.max(1, work.judgedBytes());
    boolean isSure = work.judgedBytes() > bytes / 4 || spent > given / 2;
    if (isSure && needed > given) {
      return outOfReach(
          id,
          String.format(
              Locale.ROOT,
              "a call needs about %.1f seconds and has %.1f for work: %s are judged at %s a second,"
                  + " and %.0f%% of them have changed and are read at %s a second",
              needed,
              given,
              size(bytes),
              size((long) (work.bytesJudgedPerSecond() * connections)),
              100 * work.changedShare(),
              size((long) (work.bytesReadPerSecond() * connections))));
    }
    return goesOn(attempt, opening, result);
  }

  private static ContinueException goesOn(
      StartingPoint attempt, Opening opening, PassResult result) {
    PassWork work = result.work();
    String id = attempt.id().value();
    return new ContinueException(
        "finish backup",
        id,
        "the time is up after "
            + size(work.bytesRead())
            + " read and "
            + size(work.judgedBytes())
            + " judged of about "
            + size(opening.expectedBytes()),
        id,
        "Call it again: it goes on where it stopped (--continue " + id + ").");
  }

  private static InvalidRequestException outOfReach(BackupId id, String reason) {
    return outOfReach(
        id,
        reason,
        "Give it more time (--deadline) or connections (--parallel), back up parts of it under"
            + " several names, or run it where nothing limits its time.");
  }

  private static InvalidRequestException outOfReach(BackupId id, String reason, String hint) {
    return new InvalidRequestException(
        "finish backup",
        id.value(),
        reason,
        hint + " What is stored is kept: the next run goes on with it.");
  }

  private static String size(long bytes) {
    return bytes < 10_000_000
        ? String.format(Locale.ROOT, "%,d kB", bytes / 1_000)
        : String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
  }

  /** What a backup is of, for its manifest. */
  private record Seen(Catalog catalog, Instant takenAt, Consistency consistency) {}

  /** A snapshot, and what the source's tables were before it was opened. */
  private record Opening(
      Catalog catalog, Map<TableName, TableIdentity> identities, Snapshot snapshot)
      implements AutoCloseable {

    Seen seen(int passes) {
      return new Seen(
          catalog,
          snapshot.takenAt(),
          Consistency.of(snapshot, snapshot.connections().size(), passes, null));
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
      Snapshot snapshot =
          source.snapshot(options.parallel(), catalog.withRows(), options.snapshotWay());
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
      StartingPoint attempt,
      Job job,
      Seen seen,
      PassResult result,
      List<PassWork> passes,
      Instant start,
      Collection<String> notesOfPasses) {
    ChangeReport changes =
        new ChangeReport(repository, attempt.id(), attempt.parent(), result, passes);
    List<TableEntry> tables = changes.tables();
    List<String> outside = named(seen, table -> !table.transactional() && !table.definitionOnly());
    List<String> notes = new ArrayList<>(seen.catalog().notes());
    outside.forEach(
        table ->
            notes.add(
                table
                    + " has no snapshots: it was read under a lock of its own, at another moment"
                    + " than the others"));
    named(seen, TableDefinition::definitionOnly)
        .forEach(
            table -> notes.add(table + " has no rows of its own: its definition is backed up"));
    @Nullable List<Account> accounts = options.accounts() ? source.accounts(notes::add) : null;
    missingPrivileges(seen).forEach(missing -> notes.add(missing.note()));
    notes.forEach(progress::warn);
    notes.addAll(notesOfPasses); // people were warned when it happened
    throttle.note().ifPresent(notes::add);
    if (seen.consistency().connections() < options.parallel()) {
      // slower than asked for: the reasons say what to grant
      seen.consistency().waysRefused().forEach(progress::warn);
    }
    return new Manifest(
        Repository.FORMAT,
        attempt.id(),
        attempt.id().kind(),
        attempt.parent().map(Manifest::id).orElse(null),
        job.id(),
        repository.name(),
        serverInfo(),
        seen.takenAt(),
        seen.consistency().without(outside),
        Version.current(),
        RowChecksum.ALGORITHM,
        "none",
        options.selection().includes(),
        options.selection().excludes(),
        seen.catalog().schemas(),
        tables,
        Totals.of(tables, Duration.between(start, clock.instant()).toMillis() / 1000.0),
        notes,
        accounts,
        changes.changes(tables),
        options.tags().isEmpty() ? null : options.tags(),
        null);
  }

  private static List<String> named(Seen seen, Predicate<TableDefinition> which) {
    return seen.catalog().tables().stream()
        .map(SourceTable::definition)
        .filter(which)
        .map(TableDefinition::nameAndEngine)
        .toList();
  }

  /** Of ways to a snapshot, those count that would have been better than the one taken. */
  private List<MissingPrivilege> missingPrivileges(Seen seen) {
    Set<SnapshotWay> ways =
        options
            .snapshotWay()
            .map(Set::of)
            .orElseGet(
                () ->
                    SnapshotWay.parse(seen.consistency().snapshot()).andBetter(options.parallel()));
    return source.missingPrivileges(
        seen.catalog().schemas().stream().map(SchemaDefinition::name).toList(), ways);
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
