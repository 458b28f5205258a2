package io.varve.job;

import io.varve.InvalidRequestException;
import io.varve.configuration.Configuration;
import io.varve.configuration.TargetConfiguration;
import io.varve.mysql.Definer;
import io.varve.mysql.EventState;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.LoadPlan;
import io.varve.repository.Request;
import io.varve.restore.PlanResult;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestorePlan;
import io.varve.restore.RestoreResult;
import java.util.Locale;
import java.util.Map;

/** The function {@code restore}. */
record RestoreTask(
    String source,
    String target,
    String backup,
    TableSelection selection,
    Map<String, String> renames,
    RestoreMode mode,
    ObjectOptions objects,
    Extent extent)
    implements Task {

  /** How much of it is carried out. */
  enum Extent {
    ALL,
    PLAN
  }

  static Task read(EventFields event) {
    return new RestoreTask(
        event.text("source"),
        event.text("target"),
        event.optionalText("backup").orElse("latest"),
        new TableSelection(event.texts("include"), event.texts("exclude")),
        event.textsByName("renames"),
        RestoreMode.valueOf(
            event.word("mode", "create", "replace", "diff").toUpperCase(Locale.ROOT)),
        new ObjectOptions(
            definer(event.optionalText("definer").orElse("keep")),
            EventState.valueOf(event.word("events", "keep", "disabled").toUpperCase(Locale.ROOT))),
        event.flag("dryRun") ? Extent.PLAN : Extent.ALL);
  }

  private static Definer definer(String text) {
    return Definer.parse(text)
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "read",
                    "the event",
                    "field definer must be keep, strip or USER@HOST",
                    "docs/functions.schema.json says what an event is."));
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    allowed(configuration);
  }

  @Override
  public Object run(Call call) {
    TargetConfiguration configured = allowed(call.configuration());
    BackupId id = call.backup(backup);
    RestoreOptions options = options(call, configured);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      RestoreStep step = new RestoreStep(call, opened, options);
      Restore restore = step.restore();
      RestorePlan plan = restore.plan(id);
      step.requireMemory(plan);
      if (extent == Extent.PLAN) {
        return mode == RestoreMode.DIFF ? restore.diff(plan) : PlanResult.of(plan);
      }
      return RestoreResult.of(restore.run(plan));
    }
  }

  /** The target, if its tables may be treated so. */
  TargetConfiguration allowed(Configuration configuration) {
    TargetConfiguration configured = configuration.target(target);
    if (mode != RestoreMode.CREATE) {
      requireOverwriting(configured, target, "restore into");
    }
    return configured;
  }

  RestoreOptions options(Call call, TargetConfiguration configured) {
    return new RestoreOptions(
        selection,
        renames,
        mode,
        configured.parallel(),
        Map.of(),
        objects,
        false,
        false,
        false,
        configured.throttling(),
        call.limit());
  }

  @Override
  public void clear(Call call, Request.LeftLedger left) {
    TargetConfiguration configured = call.configuration().target(target);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      Restore.dropLedger(opened, left.schema(), left.binding());
    }
  }

  /** As {@link #requireOverwriting}, for whoever works by a plan. */
  static void requireAllowed(TargetConfiguration configured, String target, LoadPlan plan) {
    if (!plan.mode().equals("create")) {
      requireOverwriting(configured, target, "restore into");
    }
  }

  /** Whoever may send an event may not say by it alone that tables are replaced. */
  static void requireOverwriting(TargetConfiguration configured, String target, String doing) {
    if (!configured.overwrite()) {
      throw new InvalidRequestException(
          doing,
          "target " + target,
          "its tables would be replaced, and the configuration does not allow that",
          "Set overwrite to true for this target in the configuration, or restore in mode create.");
    }
  }
}
