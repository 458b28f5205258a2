package io.varve.job;

import io.varve.ContinueException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import io.varve.configuration.Configuration;
import io.varve.configuration.TargetConfiguration;
import io.varve.mysql.Definer;
import io.varve.mysql.EventState;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.Lease;
import io.varve.repository.Request;
import io.varve.restore.DrillResult;
import io.varve.restore.DrillSchemas;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestorePlan;
import io.varve.restore.RestoreReport;
import java.time.Duration;
import java.util.Map;

/**
 * The function {@code drill}: restores a backup into schemas that nobody else has, verifies it, and
 * drops them. It writes nowhere else, so the target need not allow that anything is overwritten.
 *
 * <p>The record of the job holds its claim on the schemas before the first is made, and its answer
 * before the first is dropped: so a call that comes after one that died knows what is left to do.
 */
record DrillTask(
    String source, String target, String backup, TableSelection selection, Afterwards afterwards)
    implements Task {

  /** What becomes of the schemas. */
  enum Afterwards {
    DROP,
    KEEP
  }

  private static final int CLAIM_LENGTH = 24;

  static DrillTask read(EventFields event) {
    return new DrillTask(
        event.text("source"),
        event.text("target"),
        event.optionalText("backup").orElse("latest"),
        new TableSelection(event.texts("include"), event.texts("exclude")),
        event.flag("keep") ? Afterwards.KEEP : Afterwards.DROP);
  }

  @Override
  public void requireConfigured(Configuration configuration) {
    configuration.target(target);
  }

  @Override
  public Object run(Call call) {
    TargetConfiguration configured = call.configuration().target(target);
    BackupId id = call.backup(backup);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      dropWhatOthersLeft(call, opened);
      DrillSchemas schemas = claimed(call, opened);
      DrillResult result = restored(call, opened, configured, schemas, id);
      if (afterwards == Afterwards.DROP) {
        call.progress().begin("dropping", 0);
        schemas.drop();
      }
      return result;
    }
  }

  private DrillResult restored(
      Call call, Target opened, TargetConfiguration configured, DrillSchemas schemas, BackupId id) {
    try {
      schemas.requireOwn();
      RestoreOptions options =
          options(call, configured, schemas.renames(call.repository().manifest(id)));
      RestorePlan plan =
          new Restore(call.repository(), opened, options, call.progress(), call.clock()).plan(id);
      new RestoreStep(call, opened, options).requireMemory(plan);
      schemas.make(plan);
      Restore restore =
          new Restore(
              call.repository(),
              opened,
              options,
              call.progress(),
              call.clock(),
              end -> noteEnd(call, plan, end));
      if (!plan.resumed()) {
        restore.comesAfterOtherWork();
      }
      return result(plan, restore.run(plan));
    } catch (ContinueException next) {
      throw next.noting(call.request().mark().orElseThrow());
    } catch (InvalidRequestException | DamageFoundException failed) {
      dropAfter(failed, schemas, call);
      throw failed;
    }
  }

  private DrillResult result(RestorePlan plan, RestoreReport report) {
    return DrillResult.of(plan, report, afterwards == Afterwards.KEEP);
  }

  private void noteEnd(Call call, RestorePlan plan, Restore.Verified end) {
    call.request()
        .ends(
            Answer.done(call.request().name(), result(plan, end.report())),
            new Request.LeftLedger(end.ledgerSchema(), end.ledger()));
  }

  /** Nobody asks again for what has failed for good. */
  private void dropAfter(VarveException failed, DrillSchemas schemas, Call call) {
    if (afterwards == Afterwards.KEEP) {
      return;
    }
    try {
      schemas.drop();
    } catch (VarveException left) {
      call.progress().warn(String.valueOf(left.getMessage())); // that it has failed is what counts
      failed.addSuppressed(left);
    }
  }

  /** Events run nowhere but on the source, and nothing acts with the rights of others. */
  private RestoreOptions options(
      Call call, TargetConfiguration configured, Map<String, String> renames) {
    return new RestoreOptions(
        selection,
        renames,
        RestoreMode.CREATE,
        configured.parallel(),
        Map.of(),
        new ObjectOptions(Definer.STRIP, EventState.DISABLED),
        false,
        false,
        false,
        configured.throttling(),
        call.limit());
  }

  /** The schemas, once the record of the job says that they are its own. */
  private DrillSchemas claimed(Call call, Target opened) {
    Request request = call.request();
    String claim = request.mark().orElseGet(() -> BackupId.random(CLAIM_LENGTH));
    DrillSchemas schemas = new DrillSchemas(opened, source, request.name(), claim);
    if (request.mark().isEmpty()) {
      schemas.requireNone();
    }
    request.marks(claim);
    return schemas;
  }

  /**
   * Drops the schemas of drills of this source that were given up: canceled, or failed when the
   * target was away. Each under the lease of its job, so that nobody is at work on it.
   */
  private void dropWhatOthersLeft(Call call, Target opened) {
    for (DrillSchemas.Left left : DrillSchemas.left(opened)) {
      if (left.source().equals(source) && !left.job().equals(call.request().name())) {
        try {
          Request.find(call.repository(), left.job(), call.clock())
              .ifPresent(job -> dropIfGivenUp(call, opened, left, job));
        } catch (RetryLaterException | InvalidRequestException notNow) {
          call.progress().warn(String.valueOf(notNow.getMessage()));
        }
      }
    }
  }

  private static void dropIfGivenUp(Call call, Target opened, DrillSchemas.Left left, Request job) {
    if (!isGivenUp(job, left.claim())) {
      return;
    }
    try (Lease lease = job.lease(Duration.ZERO, call.progress()::warn)) {
      if (isGivenUp(job, left.claim())) {
        new DrillSchemas(opened, left.source(), left.job(), left.claim()).drop();
      }
    }
  }

  private static boolean isGivenUp(Request job, String claim) {
    return !job.entry().isOpen()
        && job.mark().filter(claim::equals).isPresent()
        && job.entry().fields() != null
        && !job.entry().fields().path("keep").asBoolean();
  }

  @Override
  public void clear(Call call, Request.LeftLedger left) {
    TargetConfiguration configured = call.configuration().target(target);
    try (Target opened = Target.connect(configured.settings(), configured.binaryLog())) {
      if (afterwards == Afterwards.KEEP) {
        Restore.dropLedger(opened, left.schema(), left.binding());
      } else {
        String claim = call.request().mark().orElseThrow();
        new DrillSchemas(opened, source, call.request().name(), claim).drop();
      }
    }
  }
}
