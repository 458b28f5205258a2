package io.varve.chaos;

import java.util.Locale;
import java.util.Random;

/**
 * When in its run a process is killed: at a share of its usual time, or of its usual requests to
 * the store. The second meets the instants between two requests, however short they are.
 */
record Moment(Kind kind, double share) {

  enum Kind {
    NEVER("runs to its end"),
    TIME("is killed at %.0f%% of its time"),
    BEFORE_A_REQUEST("is killed at %.0f%% of its requests, before one arrives"),
    AFTER_A_REQUEST("is killed at %.0f%% of its requests, before an answer arrives");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  static final Moment NEVER = new Moment(Kind.NEVER, 0);

  /** Most runs are killed. */
  static Moment any(Random random) {
    Kind[] kinds = Kind.values();
    Kind kind = random.nextInt(8) == 0 ? Kind.NEVER : kinds[1 + random.nextInt(kinds.length - 1)];
    return new Moment(kind, random.nextDouble());
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, kind.words, 100 * share);
  }
}
