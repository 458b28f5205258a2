package io.varve.store;

/** What became of a conditional put. */
public enum PutOutcome {
  /** This call put the object. */
  CREATED,
  /**
   * The object stands with exactly these bytes: an earlier try of this call put it, or a twin of
   * the caller did.
   */
  SAME,
  /** The condition did not hold: another object is there (or, for a replace, none). */
  OTHER
}
