package io.varve.mysql;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How far a run holds itself back to spare a server.
 *
 * @param bytesPerSecond of the rows' text that are read or loaded, over all connections together
 * @param threadsRunning beside the run's own: while more run, it pauses
 */
public record Throttling(OptionalLong bytesPerSecond, OptionalInt threadsRunning) {

  /** Not at all. */
  public static final Throttling NONE = new Throttling(OptionalLong.empty(), OptionalInt.empty());
}
