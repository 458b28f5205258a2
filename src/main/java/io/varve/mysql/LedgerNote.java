package io.varve.mysql;

/**
 * What a restore that has a limit of time notes in its ledger, so that no later call does it again.
 */
public enum LedgerNote {
  /** A view, routine, trigger or event that is made. */
  OBJECT("object"),
  /** A range, or a whole table, that was compared with the manifest and is equal. */
  VERIFIED("verified");

  private final String kind;

  LedgerNote(String kind) {
    this.kind = kind;
  }

  String kind() {
    return kind;
  }
}
