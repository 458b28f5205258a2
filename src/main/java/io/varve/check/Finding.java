package io.varve.check;

import io.varve.RetryLaterException;
import io.varve.VarveException;

/**
 * One thing that a check has found.
 *
 * @param about a word
 * @param text for people
 */
public record Finding(Verdict verdict, String about, String text) {

  /** What it means for a backup or restore. */
  public enum Verdict {
    /** It would work. */
    GOOD,
    /** It would work, and this should be known. */
    NOTE,
    /** It would fail or be less than whole until this is changed. */
    MISSING,
    /** It would fail now; nothing has to be changed. */
    AWAY
  }

  static Finding good(String about, String text) {
    return new Finding(Verdict.GOOD, about, text);
  }

  static Finding note(String about, String text) {
    return new Finding(Verdict.NOTE, about, text);
  }

  static Finding missing(String about, String text) {
    return new Finding(Verdict.MISSING, about, text);
  }

  static Finding of(String about, VarveException failure) {
    return new Finding(
        failure instanceof RetryLaterException ? Verdict.AWAY : Verdict.MISSING,
        about,
        "cannot "
            + failure.doing()
            + " "
            + failure.subject()
            + ": "
            + failure.reason()
            + ". "
            + failure.hint());
  }
}
