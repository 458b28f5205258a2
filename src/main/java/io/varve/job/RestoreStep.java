package io.varve.job;

import io.varve.mysql.Target;
import io.varve.repository.PartEntry;
import io.varve.repository.Request;
import io.varve.restore.Restore;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestorePlan;
import io.varve.restore.RestoreResult;

/** The restore of a job, of which its own record says that it is done before its ledger goes. */
record RestoreStep(Call call, Target target, RestoreOptions options) {

  Restore restore() {
    return new Restore(
        call.repository(), target, options, call.progress(), call.clock(), this::noteEnd);
  }

  private void noteEnd(Restore.Verified end) {
    call.request()
        .ends(
            Answer.done(call.request().name(), RestoreResult.of(end.report())),
            new Request.LeftLedger(end.ledgerSchema(), end.ledger()));
  }

  /** Each connection holds one stored part. */
  void requireMemory(RestorePlan plan) {
    long largest =
        plan.manifest().tables().stream()
            .flatMap(table -> table.parts().stream())
            .mapToLong(PartEntry::storedBytes)
            .max()
            .orElse(0);
    Memory.require("restore into", target.address(), options.parallel(), largest);
  }
}
