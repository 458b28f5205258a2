package io.varve.verify;

import io.varve.TimeLimit;
import java.util.Optional;

/**
 * How much is verified.
 *
 * @param percentRead of the parts that are read, spread evenly; 0 reads none
 * @param parallel how many are read side by side
 * @param limit until when the run may work
 * @param from where another call stopped that this one goes on with
 */
public record VerifyOptions(
    int percentRead, int parallel, TimeLimit limit, Optional<StoppedAt> from) {

  /** From the beginning to the end. */
  public VerifyOptions(int percentRead, int parallel) {
    this(percentRead, parallel, TimeLimit.NONE, Optional.empty());
  }

  /** The same with another limit. */
  public VerifyOptions until(TimeLimit other) {
    return new VerifyOptions(percentRead, parallel, other, from);
  }

  /** The same from where another call stopped. */
  public VerifyOptions from(StoppedAt stopped) {
    return new VerifyOptions(percentRead, parallel, limit, Optional.of(stopped));
  }
}
