package io.varve.restore;

import io.varve.CallTime;
import io.varve.mysql.LedgerNote;
import io.varve.mysql.Target;
import io.varve.restore.TargetVerification.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The ranges of a restore that are found to be as the manifest says, noted in its ledger in
 * batches, so that its verification may take several calls. Thread-safe; it writes over the
 * target's own connection, over which nothing but the throttle's questions may go meanwhile.
 */
final class VerifiedRanges {

  private static final int BATCH = 200;

  private final Target target;
  private final String ledgerSchema;
  private final CallTime time;
  private final Set<String> before;
  private final List<String> waiting = new ArrayList<>();

  /**
   * Reads what earlier calls have noted.
   *
   * @param time hears of each batch
   */
  VerifiedRanges(Target target, String ledgerSchema, CallTime time) {
    this.target = target;
    this.ledgerSchema = ledgerSchema;
    this.time = time;
    this.before = target.noted(ledgerSchema, LedgerNote.VERIFIED);
  }

  /** Whether an earlier call has found it to be right. */
  boolean wasFoundBefore(Check check) {
    return before.contains(check.item());
  }

  synchronized void add(Check check) {
    waiting.add(check.item());
    if (waiting.size() >= BATCH) {
      write();
    }
  }

  /** Notes what is still to be noted. */
  synchronized void write() {
    if (!waiting.isEmpty()) {
      target.note(ledgerSchema, LedgerNote.VERIFIED, waiting);
      waiting.clear();
      time.cameFurther();
    }
  }
}
