package io.varve.store;

import java.time.Duration;

/**
 * How long a store that is away or overloaded is waited for.
 *
 * @param attempts the first one included
 * @param firstDelay the longest pause before the second attempt; each further one is up to twice as
 *     long, by chance (full jitter)
 * @param longestDelay no pause is longer
 * @param connectTimeout for one connection
 * @param idleTimeout for the next byte of an answer
 */
public record RetryRule(
    int attempts,
    Duration firstDelay,
    Duration longestDelay,
    Duration connectTimeout,
    Duration idleTimeout) {

  /** Rides out half a minute or so of 503 or of a failover. */
  public static final RetryRule DEFAULT =
      new RetryRule(
          10,
          Duration.ofMillis(100),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));

  public RetryRule {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts is below 1: " + attempts);
    }
  }

  /**
   * The time one attempt may take in all: sending is not covered by the idle timeout, so a network
   * that swallows what is sent would hold a worker for a quarter of an hour. Allows for 128 KiB a
   * second.
   */
  Duration attemptTimeout(long bytes) {
    return idleTimeout.plus(connectTimeout).plusSeconds(bytes / (128 * 1024));
  }
}
