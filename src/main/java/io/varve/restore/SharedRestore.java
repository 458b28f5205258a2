package io.varve.restore;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.InvalidRequestException;
import io.varve.mysql.Definer;
import io.varve.mysql.EventState;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.Json;
import io.varve.repository.LoadEnd;
import io.varve.repository.LoadPlan;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import java.util.Locale;
import java.util.Optional;

/**
 * A restore that several processes carry out. One makes the tables; workers load parts, each part
 * once, whoever dies or comes twice; one ends it: what is left to load, indexes, keys, objects,
 * verification. What they share lies in the target's ledger and in a plan in the repository.
 */
public final class SharedRestore {

  private SharedRestore() {}

  /**
   * Makes the tables, and writes down what is restored. Asked for again under the same name it is
   * the same restore.
   *
   * @param options by which it was planned
   * @throws InvalidRequestException in mode diff, which compares as it goes
   */
  public static LoadPlan plan(
      Restore restore,
      SourceRepository repository,
      RestoreOptions options,
      BackupId backup,
      String job,
      int workers) {
    if (options.mode() == RestoreMode.DIFF) {
      throw new InvalidRequestException(
          "plan a restore of",
          "backup " + backup + " for several processes",
          "mode diff compares as it goes",
          "Use --mode create or replace, or leave out --workers.");
    }
    Optional<LoadPlan> there = repository.loadPlan(job);
    if (there.isPresent()) {
      return there.get();
    }
    RestorePlan plan = restore.plan(backup);
    restore.prepare(plan); // first: whoever finds the plan finds the tables
    return repository.putLoadPlan(
        new LoadPlan(
            Repository.FORMAT,
            job,
            backup,
            workers,
            options.selection().includes(),
            options.selection().excludes(),
            options.renames(),
            options.mode().name().toLowerCase(Locale.ROOT),
            options.collations(),
            options.objects().definer().toString(),
            options.objects().events().name().toLowerCase(Locale.ROOT),
            options.accounts()));
  }

  /** What a plan says, for a process with so many connections. */
  public static RestoreOptions options(LoadPlan plan, int parallel) {
    return new RestoreOptions(
        new TableSelection(plan.includes(), plan.excludes()),
        plan.renames(),
        RestoreMode.valueOf(plan.mode().toUpperCase(Locale.ROOT)),
        parallel,
        plan.collations(),
        new ObjectOptions(
            Definer.parse(plan.definer()).orElse(Definer.KEEP),
            EventState.valueOf(plan.events().toUpperCase(Locale.ROOT))),
        plan.accounts(),
        false,
        false);
  }

  /**
   * Loads what nobody else is at.
   *
   * @return empty if the restore is finished
   * @throws InvalidRequestException if the plan has no such worker
   */
  public static Optional<Restore.Loaded> work(
      Restore restore, SourceRepository repository, LoadPlan plan, int worker) {
    if (worker < 0 || worker >= plan.workers()) {
      throw new InvalidRequestException(
          "work for",
          "job " + plan.job(),
          "there is no worker " + worker,
          "Its workers are 0 to " + (plan.workers() - 1) + ".");
    }
    return repository.loadEnd(plan.job()).isPresent()
        ? Optional.empty()
        : Optional.of(restore.load(restore.plan(plan.backup()), worker, plan.workers()));
  }

  /**
   * Notes the end, for whoever comes later: to be called while the ledger is still there.
   *
   * @param end as {@link Restore} tells it
   */
  public static void noteEnd(SourceRepository repository, LoadPlan plan, Restore.Verified end) {
    repository.putLoadEnd(
        plan.job(),
        new LoadEnd(
            Repository.FORMAT,
            Json.tree(RestoreResult.of(end.report())),
            end.ledgerSchema(),
            end.ledger()));
  }

  /** What was noted of the end; drops the ledger that the run may have left which noted it. */
  public static Optional<JsonNode> finished(
      Target target, SourceRepository repository, LoadPlan plan) {
    Optional<LoadEnd> end = repository.loadEnd(plan.job());
    end.ifPresent(noted -> Restore.dropLedger(target, noted.ledgerSchema(), noted.ledger()));
    return end.map(LoadEnd::report);
  }
}
