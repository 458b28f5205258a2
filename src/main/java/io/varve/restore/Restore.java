package io.varve.restore;

import io.varve.CallTime;
import io.varve.ContinueException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TableProgress;
import io.varve.VarveException;
import io.varve.Workers;
import io.varve.codec.StoredBytes;
import io.varve.mysql.Account;
import io.varve.mysql.Judgement;
import io.varve.mysql.LedgerNote;
import io.varve.mysql.MissingPrivilege;
import io.varve.mysql.PartLoader;
import io.varve.mysql.SchemaObject;
import io.varve.mysql.Sequence;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableMaker;
import io.varve.mysql.TableName;
import io.varve.mysql.Target;
import io.varve.mysql.Target.ExistingTable;
import io.varve.mysql.Throttle;
import io.varve.mysql.Translation;
import io.varve.repository.BackupId;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.restore.RestorePlan.PlannedSchema;
import io.varve.restore.RestorePlan.PlannedTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A restore: plan, load, verify, report. Killed anywhere and started again with the same options it
 * goes on where it was, and every part is loaded once. For one run.
 *
 * <p>One with a limit stops in time between two steps, and a later run goes on: it finds out from
 * the ledger what is made, loaded and verified. Where only what differs is restored, each run
 * compares anew. A statement that the server works on is waited for, however long it takes.
 *
 * <p>Memory: for each connection one stored part.
 */
public final class Restore {

  private static final long FEW_BYTES = 1L << 20;

  private static final String MAKING_TABLES = "making tables";
  private static final String COMPARING = "comparing, which each call does anew";
  private static final String LOADING = "loading";
  private static final String VERIFYING = "verifying";

  private final SourceRepository repository;
  private final Target target;
  private final RestoreOptions options;
  private final Progress progress;
  private volatile TableProgress tables;
  private final Clock clock;
  private final Judgement judgement = new Judgement(Optional.empty());
  private final Throttle throttle;
  private final CallTime time;
  private final Consumer<Verified> ending;
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private final LongAdder rowsLoaded = new LongAdder();
  private final LongAdder bytesLoaded = new LongAdder();
  private final Set<TableName> begunInVain = ConcurrentHashMap.newKeySet();

  public Restore(
      SourceRepository repository,
      Target target,
      RestoreOptions options,
      Progress progress,
      Clock clock) {
    this(repository, target, options, progress, clock, verified -> {});
  }

  /**
   * @param ending hears of the end while the ledger is still there: what fails here is made up for
   *     by running again
   */
  public Restore(
      SourceRepository repository,
      Target target,
      RestoreOptions options,
      Progress progress,
      Clock clock,
      Consumer<Verified> ending) {
    this.ending = ending;
    this.repository = repository;
    this.target = target;
    this.options = options;
    this.progress = progress;
    this.tables = new TableProgress(progress);
    this.clock = clock;
    this.time = new CallTime(options.limit());
    this.throttle = target.throttle(options.throttling(), options.limit()::isNear, progress::warn);
  }

  /**
   * Finds out what would be done, and that it can be; writes nothing.
   *
   * @throws io.varve.VarveException if it cannot
   */
  public RestorePlan plan(BackupId id) {
    return new RestorePlanner(repository, target, options).plan(id);
  }

  /**
   * The backup whose restore with these options another run has left unfinished. Some small queries
   * for each schema.
   *
   * @param schemas of the target in which its ledger may lie
   */
  public Optional<BackupId> unfinished(Collection<String> schemas) {
    return new RestorePlanner(repository, target, options).unfinished(schemas);
  }

  /**
   * Says that the call which this run is part of has done other work for good, and so left less
   * time to it than another call will: then it is no sign of anything if the run comes no further.
   */
  public void comesAfterOtherWork() {
    time.cameFurther();
  }

  /**
   * Carries out a plan.
   *
   * @throws ContinueException if the time is up before the end, with the backup's id: a later run
   *     of it with the same options goes on. The backup stays pinned for a day
   * @throws InvalidRequestException also if the time is up before it came any further
   * @throws io.varve.DamageFoundException if a part, or what came of it, is not what the manifest
   *     says
   */
  public RestoreReport run(RestorePlan plan) {
    return whilePinned(
        plan,
        () -> {
          warnOfMissingPrivileges(plan);
          return options.mode() == RestoreMode.DIFF ? carryOutDiff(plan) : carryOut(plan);
        });
  }

  /**
   * Makes the tables of a plan and its ledger, for several processes that will load their parts by
   * {@link #load(RestorePlan, int, int)}, and one that ends it by {@link #run}.
   */
  public void prepare(RestorePlan plan) {
    whilePinned(
        plan,
        () -> {
          warnOfMissingPrivileges(plan);
          makeTables(plan);
          return plan;
        });
  }

  /**
   * Loads parts that are not loaded, and that no other process is at. When it returns, each part is
   * loaded, or was claimed by another.
   *
   * @param worker from 0; each begins at another place
   * @throws InvalidRequestException if the tables were not prepared, or all of it is done
   */
  public Loaded load(RestorePlan plan, int worker, int workers) {
    if (!plan.resumed()) {
      throw new InvalidRequestException(
          "load parts into",
          target.address(),
          "no such restore has been begun there, or it is finished",
          "Plan it again, or look whether all is restored.");
    }
    return whilePinned(
        plan,
        () -> {
          progress.begin("loading", plan.rawBytes() / workers);
          load(plan, new Shared(worker, workers));
          return new Loaded(rowsLoaded.sum(), bytesLoaded.sum());
        });
  }

  /** What a worker has loaded. */
  public record Loaded(long rows, long bytes) {}

  /** A worker among several. */
  private record Shared(int worker, int workers) {

    /** Each begins at another place, so that they seldom meet. */
    <T> List<T> rotated(List<T> work) {
      List<T> rotated = new ArrayList<>(work);
      Collections.rotate(rotated, -(int) ((long) work.size() * worker / workers));
      return rotated;
    }
  }

  private <T> T whilePinned(RestorePlan plan, Supplier<T> work) {
    Optional<Job> job = pin(plan.manifest().id());
    try {
      T result = work.get();
      job.ifPresent(Job::done);
      return result;
    } catch (ContinueException next) {
      job.ifPresent(started -> started.paused(next));
      throw next;
    } catch (InvalidRequestException failed) {
      job.ifPresent(started -> started.failed(failed));
      throw target.explained(failed, plan.work());
    } catch (RuntimeException | Error failed) {
      job.ifPresent(started -> started.failed(failed));
      throw failed;
    }
  }

  /** Finds out in what the target differs from a backup; writes nothing to it. */
  public DiffReport diff(RestorePlan plan) {
    Optional<Job> job = pin(plan.manifest().id());
    try {
      progress.begin("comparing", plan.rawBytes());
      DiffReport report = report(plan, difference(plan));
      job.ifPresent(Job::done);
      return report;
    } catch (RuntimeException | Error failed) {
      job.ifPresent(started -> started.failed(failed));
      throw failed;
    }
  }

  private static DiffReport report(RestorePlan plan, TargetDiff diff) {
    List<DiffReport.Table> tables = new ArrayList<>();
    for (PlannedTable table : plan.tables()) {
      List<TargetVerification.Difference> different = diff.differencesOf(table);
      String state =
          diff.missing().contains(table)
              ? "missing"
              : diff.otherwise().contains(table)
                  ? "otherwise"
                  : different.isEmpty() ? "same" : "different";
      tables.add(
          new DiffReport.Table(
              table.target().name().toString(),
              state,
              table.entry().rows(),
              diff.alike().contains(table) ? Math.max(1, table.entry().parts().size()) : 0,
              different.size(),
              different.stream().mapToLong(each -> each.check().expected().rows()).sum(),
              different.stream().mapToLong(TargetVerification.Difference::rowsThere).sum()));
    }
    return new DiffReport(
        plan.manifest().id(),
        tables.stream().allMatch(table -> table.state().equals("same")),
        tables,
        diff.additional().stream().map(TableName::toString).toList());
  }

  private TargetDiff difference(RestorePlan plan) {
    List<TableName> names = plan.tables().stream().map(table -> table.target().name()).toList();
    Set<TableName> standing = new TreeSet<>(target.existing(names));
    if (plan.resumed()) {
      standing.removeAll(target.made(plan.ledgerSchema(), standing));
    }
    Map<TableName, TableDefinition> definitions = target.definitions(standing);
    List<PlannedTable> missing = new ArrayList<>();
    List<PlannedTable> otherwise = new ArrayList<>();
    List<PlannedTable> alike = new ArrayList<>();
    for (PlannedTable table : plan.tables()) {
      TableDefinition there = definitions.get(table.target().name());
      if (!standing.contains(table.target().name())) {
        missing.add(table);
      } else if (there == null
          || !there.isMadeLike(asOnTarget(plan, table))
          || table.target().hasHistory()) {
        otherwise.add(table);
      } else {
        alike.add(table);
      }
    }
    TargetVerification.Comparison comparison =
        verification().compare(withRows(alike), plan.translation());
    requireWhole(comparison.isWhole(), plan, COMPARING);
    Set<TableName> additional =
        new TreeSet<>(target.tables(plan.schemas().stream().map(PlannedSchema::target).toList()));
    additional.removeAll(names);
    additional.removeIf(name -> name.table().equals(Target.LEDGER) || plan.hasSequence(name));
    return new TargetDiff(
        missing,
        otherwise,
        alike,
        comparison.ranges(),
        comparison.differences(),
        List.copyOf(additional));
  }

  /** Its statements say the schemas of the backup; the target shows its own. */
  private static TableDefinition asOnTarget(RestorePlan plan, PlannedTable table) {
    return table.target().inSchemas(plan.renames());
  }

  private TargetVerification verification() {
    return new TargetVerification(
        target, repository, options.parallel(), judgement, throttle, time, progress, this::note);
  }

  /** What is noted is for whoever has to come to an end in several calls; else all is looked at. */
  private Optional<VerifiedRanges> verifiedRanges(RestorePlan plan) {
    return time.isLimited()
        ? Optional.of(new VerifiedRanges(target, plan.ledgerSchema(), time))
        : Optional.empty();
  }

  private void requireTime(RestorePlan plan, String phase) {
    requireWhole(!time.isUp(), plan, phase);
  }

  private void requireWhole(boolean isWhole, RestorePlan plan, String phase) {
    if (!isWhole) {
      throw timeIsUp(plan, phase);
    }
  }

  /** After pauses for others a call that came no further shows nothing. */
  private VarveException timeIsUp(RestorePlan plan, String phase) {
    String id = plan.manifest().id().value();
    if (time.hasComeFurther() || throttle.hasPaused()) {
      return new ContinueException(
          "finish the restore of backup " + id + " into",
          target.address(),
          "the time is up while " + phase,
          id,
          "Call it again with the same options and --backup "
              + id
              + ": it goes on where it stopped.");
    }
    return new InvalidRequestException(
        "finish the restore of backup " + id + " into",
        target.address(),
        "a call has "
            + time.given()
            + " for work, and they were over while "
            + phase
            + ", before it had come any further than the one before",
        "Give it more time (--deadline) or connections (--parallel), or run it where nothing limits"
            + " its time. What is restored is kept: the next run with the same options and"
            + " --backup "
            + id
            + " goes on with it.");
  }

  /** From a store that cannot be written to, a restore must be possible all the same. */
  private Optional<Job> pin(BackupId id) {
    return Job.usingWherePossible(repository, "restore", id, clock, this::note);
  }

  /**
   * A warning and no refusal: there are privileges that the server does not list, such as those
   * that everybody has on MariaDB's schema test.
   */
  private void warnOfMissingPrivileges(RestorePlan plan) {
    List<MissingPrivilege> missing = target.missingPrivileges(plan.work());
    if (!missing.isEmpty()) {
      progress.warn("the restoring user may lack privileges. " + MissingPrivilege.advice(missing));
    }
  }

  private RestoreReport carryOut(RestorePlan plan) {
    Instant start = clock.instant();
    progress.begin("loading", plan.rawBytes());
    makeTables(plan);
    load(plan);
    Instant loaded = clock.instant();
    progress.begin("indexing", 0);
    makeKeys(plan);
    requireTime(plan, "making accounts");
    List<Account> accounts = options.accounts() ? accounts(plan.manifest()) : List.of();
    // before the objects, whose definers may be among them
    List<Account> made = target.makeAccounts(plan.ledgerSchema(), accounts, this::note);
    makeObjects(plan);
    target.grant(made, plan.renames(), this::note);
    Instant indexed = clock.instant();
    TargetVerification.Comparison verified =
        verification()
            .run(withRows(plan.tables()), List.of(), plan.translation(), verifiedRanges(plan));
    requireWhole(verified.isWhole(), plan, VERIFYING);
    Instant end = clock.instant();
    RestoreReport report =
        new RestoreReport(
            plan.manifest().id(),
            plan.tables().size(),
            plan.rows(),
            plan.rawBytes(),
            plan.storedBytes(),
            plan.rawBytes(),
            seconds(start, end),
            seconds(start, loaded),
            seconds(loaded, indexed),
            seconds(indexed, end),
            verified.ranges(),
            true,
            null,
            allNotes());
    end(plan, report);
    return report;
  }

  private void end(RestorePlan plan, RestoreReport report) {
    String schema = plan.ledgerSchema();
    ending.accept(new Verified(report, schema, target.ledgerBinding(schema).orElse("")));
    target.dropLedger(schema);
  }

  /**
   * A restore that has nothing left to do but to drop its ledger.
   *
   * @param ledgerSchema where that lies
   * @param ledger what it says there
   */
  public record Verified(RestoreReport report, String ledgerSchema, String ledger) {}

  /** Drops the ledger that a restore has left which died at its very end. */
  public static void dropLedger(Target target, String ledgerSchema, String ledger) {
    if (target.ledgerBinding(ledgerSchema).filter(ledger::equals).isPresent()) {
      target.dropLedger(ledgerSchema);
    }
  }

  /** Makes what is missing, replaces ranges that differ, and leaves alone what does not. */
  private RestoreReport carryOutDiff(RestorePlan plan) {
    Instant start = clock.instant();
    if (time.isLimited() && time.hasComeFurther()) { // the next call is to go on with this backup
      makeSchemasAndLedger(plan);
    }
    progress.begin("comparing", plan.rawBytes());
    TargetDiff diff = difference(plan);
    requireTime(plan, COMPARING);
    takeTriggersAway(plan, diff);
    List<PlannedTable> toMake = new ArrayList<>(diff.missing());
    toMake.addAll(diff.otherwise());
    RestorePlan made = plan.only(toMake);
    long bytesToLoad =
        made.rawBytes() + diff.differences().stream().mapToLong(each -> each.check().bytes()).sum();
    progress.begin("loading", bytesToLoad);
    makeTables(made);
    load(made);
    replaceRanges(plan, diff.differences());
    for (PlannedTable table : diff.alike()) {
      requireTime(plan, LOADING);
      setAutoIncrement(table);
    }
    if (options.dropOthers()) {
      for (TableName other : diff.additional()) {
        requireTime(plan, "dropping tables");
        target.drop(other);
        time.cameFurther();
      }
    }
    Instant loaded = clock.instant();
    progress.begin("indexing", 0);
    makeKeys(made);
    makeObjects(plan);
    Instant indexed = clock.instant();
    List<TargetVerification.Difference> replaced = diff.differences();
    // Those that were alike have been compared, and nobody has written to them.
    int alike = diff.ranges() - replaced.size();
    TargetVerification.Comparison written =
        verification()
            .run(
                withRows(toMake),
                replaced.stream().map(TargetVerification.Difference::check).toList(),
                plan.translation(),
                verifiedRanges(plan));
    requireWhole(written.isWhole(), plan, VERIFYING);
    Instant end = clock.instant();
    RestoreReport report =
        new RestoreReport(
            plan.manifest().id(),
            plan.tables().size(),
            made.rows() + replaced.stream().mapToLong(each -> each.check().expected().rows()).sum(),
            bytesToLoad,
            made.storedBytes()
                + replaced.stream()
                    .flatMap(each -> each.check().parts().stream())
                    .mapToLong(PartEntry::storedBytes)
                    .sum(),
            plan.rawBytes(),
            seconds(start, end),
            seconds(start, loaded),
            seconds(loaded, indexed),
            seconds(indexed, end),
            alike + written.ranges(),
            true,
            new RestoreReport.Touched(
                toMake.size(),
                diff.ranges(),
                replaced.size(),
                options.dropOthers() ? diff.additional().size() : 0),
            allNotes());
    end(plan, report);
    return report;
  }

  private static List<PlannedTable> withRows(List<PlannedTable> tables) {
    return tables.stream().filter(table -> !table.target().definitionOnly()).toList();
  }

  private void setAutoIncrement(PlannedTable table) {
    Optional<String> wanted = table.target().autoIncrement();
    TableName name = table.target().name();
    boolean differs =
        wanted.isPresent()
            && !wanted.equals(
                Optional.ofNullable(target.definitions(Set.of(name)).get(name))
                    .flatMap(TableDefinition::autoIncrement));
    if (differs) {
      target.setAutoIncrement(name, wanted.get());
      time.cameFurther();
    }
  }

  /**
   * Triggers would act on each row that is replaced, and rows that other tables refer to go away
   * for a moment: both only where the user has said so. They are made again with the objects.
   */
  private void takeTriggersAway(RestorePlan plan, TargetDiff diff) {
    Set<TableName> touched = new TreeSet<>();
    diff.differences().forEach(each -> touched.add(each.check().table().target().name()));
    if (touched.isEmpty()) {
      return;
    }
    Map<TableName, List<String>> triggers = target.triggers(touched);
    if (!options.overwriteLive()) {
      Set<TableName> inUse = new TreeSet<>(triggers.keySet());
      Set<TableName> all = new TreeSet<>();
      plan.tables().forEach(table -> all.add(table.target().name()));
      Set<TableName> referred = target.referredToByOthers(all);
      referred.retainAll(touched);
      inUse.addAll(referred);
      if (!inUse.isEmpty()) {
        throw new InvalidRequestException(
            "replace rows in",
            inUse.stream().map(TableName::toString).collect(Collectors.joining(", ")),
            "there are triggers on them, or foreign keys of tables that are not restored",
            "Say that nobody else works with these tables now (--overwrite-live): triggers are"
                + " taken away and made again as the backup has them, foreign keys are not"
                + " followed.");
      }
    }
    if (!triggers.isEmpty() && plan.resumed()) {
      target.forget(plan.ledgerSchema(), LedgerNote.OBJECT); // or they would not be made again
    }
    triggers.forEach(
        (table, names) -> names.forEach(name -> target.dropTrigger(table.schema(), name)));
  }

  /**
   * A range and its rows in one transaction, in the order of the key; where another unique key
   * might hold a row that moved from one range to another, all that differs goes first.
   */
  private void replaceRanges(RestorePlan plan, List<TargetVerification.Difference> differences) {
    List<TargetVerification.Difference> inTwoSteps =
        differences.stream()
            .filter(each -> each.check().table().target().hasOtherUniqueKeys())
            .toList();
    boolean isTakenAway =
        onLoaders(
            plan,
            inTwoSteps,
            (loader, each) -> {
              if (!throttle.await()) {
                return false;
              }
              takeAway(loader, each.check());
              if (each.rowsThere() > 0) { // else an earlier call has done it
                time.cameFurther();
              }
              return true;
            });
    requireWhole(isTakenAway, plan, LOADING);
    boolean isWhole =
        onLoaders(
            plan,
            differences,
            (loader, each) -> {
              if (!throttle.await()) {
                return false;
              }
              boolean isEmpty = inTwoSteps.contains(each);
              replace(loader, each.check(), isEmpty);
              time.cameFurther();
              return true;
            });
    requireWhole(isWhole, plan, LOADING);
  }

  private static void takeAway(PartLoader loader, TargetVerification.Check check) {
    if (check.table().target().transactional()) {
      loader.delete(check.table().target(), check.range());
    } else {
      loader.empty(check.table().target());
    }
  }

  private void replace(PartLoader loader, TargetVerification.Check check, boolean isEmpty) {
    TableDefinition table = check.table().target();
    List<PartEntry> parts = check.parts();
    if (!isEmpty && parts.size() == 1 && table.transactional()) {
      PartEntry part = parts.getFirst();
      loader.replace(table, check.range(), part.rows(), read(loader, part));
    } else {
      if (!isEmpty) {
        takeAway(loader, check);
      }
      parts.forEach(part -> loader.add(table, part.rows(), read(loader, part)));
    }
    TableName name = table.name();
    parts.forEach(
        part -> progress.advance(name.schema(), name.table(), part.rows(), part.rawBytes()));
  }

  /** Until the time is up; answers whether all is done. */
  private <T> boolean onLoaders(RestorePlan plan, List<T> items, BiPredicate<PartLoader, T> work) {
    List<PartLoader> loaders = new ArrayList<>();
    try {
      for (int i = 0; i < Math.min(options.parallel(), items.size()); i++) {
        loaders.add(target.loader(plan.ledgerSchema(), throttle));
      }
      return loaders.isEmpty() || Workers.shareUntil(options.limit(), loaders, items, work);
    } finally {
      loaders.forEach(PartLoader::close);
    }
  }

  private static List<Account> accounts(Manifest manifest) {
    return Objects.requireNonNullElse(manifest.accounts(), List.of());
  }

  private void makeSchemasAndLedger(RestorePlan plan) {
    for (PlannedSchema schema : plan.schemas()) {
      target.createSchema(schema.definition(), schema.target());
    }
    target.createLedger(
        plan.ledgerSchema(), new RestorePlanner(repository, target, options).binding(plan));
  }

  private void makeTables(RestorePlan plan) {
    makeSchemasAndLedger(plan);
    ExistingTable existing = options.mode().existingTable();
    onMakers(
        plan,
        plan.tables().size(),
        makers -> {
          for (PlannedSchema schema : plan.schemas()) {
            for (Sequence sequence : schema.sequences()) {
              requireTime(plan, MAKING_TABLES);
              TableName name = new TableName(schema.target(), sequence.name());
              cameFurtherIf(makers.getFirst().create(sequence, name, existing));
            }
          }
          Map<Boolean, List<PlannedTable>> withoutRows =
              plan.tables().stream()
                  .collect(Collectors.partitioningBy(table -> table.target().definitionOnly()));
          boolean isWhole =
              Workers.shareUntil(
                  options.limit(),
                  makers,
                  withoutRows.getOrDefault(false, List.of()),
                  (maker, table) -> {
                    cameFurtherIf(maker.create(asMade(table), existing));
                    return true;
                  });
          requireWhole(isWhole, plan, MAKING_TABLES);
          for (PlannedTable table : withoutRows.getOrDefault(true, List.of())) {
            requireTime(plan, MAKING_TABLES);
            makeWithoutRows(makers.getFirst(), table.target(), existing);
          }
        });
  }

  private void cameFurtherIf(boolean isNew) {
    if (isNew) {
      time.cameFurther();
    }
  }

  /** A table that stands on other tables or servers may not be possible here. */
  private void makeWithoutRows(TableMaker maker, TableDefinition table, ExistingTable existing) {
    String name = "table " + table.nameAndEngine();
    try {
      cameFurtherIf(maker.create(table, existing));
      note(name + " has no rows of its own: its definition is restored");
    } catch (InvalidRequestException e) {
      note(name + " could not be made: " + e.reason());
    }
  }

  /**
   * Indexes are quicker to make of many rows at once; for few, the statement is what takes time.
   */
  private static TableDefinition asMade(PlannedTable table) {
    return table.rawBytes() < FEW_BYTES ? table.target().indexedFromTheStart() : table.target();
  }

  private void makeKeys(RestorePlan plan) {
    List<TableDefinition> tables = plan.tables().stream().map(PlannedTable::target).toList();
    List<TableDefinition> indexed =
        tables.stream().filter(table -> !table.indexes().isEmpty()).toList();
    onMakers(
        plan,
        indexed.size(),
        makers -> {
          requireWhole(
              Workers.shareUntil(options.limit(), makers, indexed, this::makeIndexes),
              plan,
              "making indexes");
          // one after another: each locks the tables that it refers to
          for (TableDefinition table : tables) {
            requireTime(plan, "making foreign keys");
            cameFurtherIf(makers.getFirst().createForeignKeys(table));
          }
        });
  }

  /** Until the time is up; answers whether all are there. */
  private boolean makeIndexes(TableMaker maker, TableDefinition table) {
    for (List<String> together : maker.missingIndexes(table)) {
      if (time.isUp()) {
        return false;
      }
      maker.createIndexes(table, together);
      time.cameFurther();
    }
    return true;
  }

  private void onMakers(RestorePlan plan, int items, Consumer<List<TableMaker>> work) {
    List<TableMaker> makers = new ArrayList<>();
    try {
      for (int i = 0; i < Math.max(1, Math.min(options.parallel(), items)); i++) {
        makers.add(target.tableMaker(plan.ledgerSchema(), plan.renames()));
      }
      work.accept(makers);
    } finally {
      makers.forEach(TableMaker::close);
    }
  }

  /** Parts of transactional tables one by one in any order; other tables whole. */
  private void load(RestorePlan plan) {
    load(plan, loads(plan, ALONE));
  }

  private void load(RestorePlan plan, Shared shared) {
    load(plan, shared.rotated(loads(plan, Restore::claimed)));
  }

  private List<Predicate<PartLoader>> loads(RestorePlan plan, Claim claim) {
    List<Predicate<PartLoader>> work = new ArrayList<>();
    plan.tables().stream()
        .sorted(Comparator.comparingLong(PlannedTable::rawBytes).reversed())
        .forEach(table -> work.addAll(loads(table, claim)));
    return work;
  }

  /** Does some work on a part, or on a table, unless another process is at it. */
  private interface Claim {
    boolean during(PartLoader loader, TableDefinition table, int part, BooleanSupplier work);
  }

  private static final Claim ALONE = (loader, table, part, work) -> work.getAsBoolean();

  private static boolean claimed(
      PartLoader loader, TableDefinition table, int part, BooleanSupplier work) {
    if (!loader.claim(table, part)) {
      return true;
    }
    try {
      return work.getAsBoolean();
    } finally {
      loader.release(table, part);
    }
  }

  private void load(RestorePlan plan, List<Predicate<PartLoader>> work) {
    TableProgress all = new TableProgress(progress);
    for (PlannedTable table : plan.tables()) {
      TableName name = table.target().name();
      if (!table.target().definitionOnly()) {
        table
            .entry()
            .parts()
            .forEach(part -> all.add(name.schema(), name.table(), part.rawBytes()));
      }
    }
    all.begin();
    tables = all;
    boolean isWhole = onLoaders(plan, work, (loader, next) -> next.test(loader));
    String begun =
        begunInVain.stream().sorted().map(TableName::toString).collect(Collectors.joining(", "));
    requireWhole(
        isWhole,
        plan,
        begun.isEmpty()
            ? LOADING
            : LOADING + " " + begun + ", whose engine has no transactions to stop between");
  }

  /** Until the time is up; each answers whether it is done. */
  private List<Predicate<PartLoader>> loads(PlannedTable table, Claim claim) {
    List<PartEntry> parts = table.entry().parts();
    if (table.target().definitionOnly()) {
      return List.of();
    }
    if (table.target().transactional()) {
      return IntStream.range(0, parts.size())
          .<Predicate<PartLoader>>mapToObj(
              i ->
                  loader ->
                      claim.during(
                          loader,
                          table.target(),
                          i,
                          () -> load(loader, table.target(), i, parts, time::cameFurther)))
          .toList();
    }
    return List.of(
        loader ->
            claim.during(
                loader, table.target(), 0, () -> loadWhole(loader, table.target(), parts)));
  }

  /** What is loaded of it counts for nothing until all is. */
  private boolean loadWhole(PartLoader loader, TableDefinition table, List<PartEntry> parts) {
    if (!loader.beginAnew(table, parts.size())) {
      parts.forEach(part -> tellDone(table, part));
      return true;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (time.isUp() || !load(loader, table, i, parts, () -> {})) {
        begunInVain.add(table.name());
        return false;
      }
    }
    time.cameFurther();
    return true;
  }

  /**
   * Unless it is loaded, or others are to go first and the time is up.
   *
   * @param loaded is run after the part was loaded
   */
  private boolean load(
      PartLoader loader, TableDefinition table, int i, List<PartEntry> parts, Runnable loaded) {
    PartEntry part = parts.get(i);
    tables.begins(table.name().schema(), table.name().table());
    if (!loader.isLoaded(table, i)) {
      repository.readPart(part, loader.buffer());
      if (!throttle.await()) {
        return false;
      }
      if (loader.load(table, i, part.rows(), loader.buffer())) {
        rowsLoaded.add(part.rows());
        bytesLoaded.add(part.rawBytes());
      }
      loaded.run();
    }
    tellDone(table, part);
    return true;
  }

  private void tellDone(TableDefinition table, PartEntry part) {
    tables.done(table.name().schema(), table.name().table(), part.rows(), part.rawBytes());
  }

  private StoredBytes read(PartLoader loader, PartEntry part) {
    repository.readPart(part, loader.buffer());
    throttle.await();
    return loader.buffer();
  }

  /** Views may stand on views that come later: rounds, as long as a round makes any. */
  private void makeObjects(RestorePlan plan) {
    record Waiting(PlannedSchema schema, SchemaObject object) {
      String item() {
        return object.kind().word() + " " + new TableName(schema.target(), object.name()).quoted();
      }
    }
    Set<String> made =
        time.isLimited() ? target.noted(plan.ledgerSchema(), LedgerNote.OBJECT) : Set.of();
    List<Waiting> waiting = new ArrayList<>();
    plan.schemas()
        .forEach(schema -> schema.objects().forEach(o -> waiting.add(new Waiting(schema, o))));
    waiting.removeIf(next -> made.contains(next.item()));
    waiting.sort(Comparator.comparing(next -> next.object().kind()));
    if (plan.manifest().server().ignoresCaseOfNames()
        && !target.info().ignoresCaseOfNames()
        && waiting.stream().anyMatch(next -> next.object().kind() != SchemaObject.Kind.VIEW)) {
      note(
          "the source ignores the case of tables' names and the target does not: bodies of"
              + " routines, triggers and events that name them in other letters than "
              + "lower case fail when they run");
    }
    if (options.mode() == RestoreMode.REPLACE) {
      // where a table stands, no view can be made in its place
      waiting.stream()
          .filter(next -> next.object().kind() == SchemaObject.Kind.VIEW)
          .forEach(
              view -> target.drop(new TableName(view.schema().target(), view.object().name())));
    }
    boolean madeAny = true;
    while (madeAny && !waiting.isEmpty()) {
      madeAny =
          waiting.removeIf(
              next -> {
                requireTime(plan, "making views, routines, triggers and events");
                boolean isMade = make(plan, next.object(), next.schema().target());
                if (isMade && time.isLimited()) {
                  target.note(plan.ledgerSchema(), LedgerNote.OBJECT, List.of(next.item()));
                  time.cameFurther();
                }
                return isMade;
              });
    }
    for (Waiting left : waiting) {
      note(
          left.object().kind().word()
              + " "
              + left.schema().target()
              + "."
              + left.object().name()
              + " could not be made: something that it stands on is not there");
    }
  }

  /** In another flavour's words an object may be nonsense: then all the others are still wanted. */
  private boolean make(RestorePlan plan, SchemaObject object, String schema) {
    Translation translation = plan.translation();
    try {
      return target.createObject(object, schema, plan.renames(), options.objects(), this::note);
    } catch (InvalidRequestException e) {
      if (!translation.isAcross()) {
        throw e;
      }
      note(
          object.kind().word()
              + " "
              + schema
              + "."
              + object.name()
              + " of "
              + translation.from()
              + " could not be made on "
              + translation.to()
              + ": "
              + e.reason());
      return true;
    }
  }

  private List<String> allNotes() {
    List<String> all = new ArrayList<>(notes);
    throttle.note().ifPresent(all::add);
    return List.copyOf(all);
  }

  private void note(String note) {
    notes.add(note);
    progress.warn(note);
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }
}
