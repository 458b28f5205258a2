package io.varve.mysql;

import static java.util.Objects.requireNonNull;

/**
 * A sequence of MariaDB. It is no part of any snapshot: a value that was read after a snapshot was
 * opened is never behind what the snapshot's rows use.
 *
 * @param create the statement that makes it, its name as seen from its own schema
 * @param nextValue the first one that no session has had or holds in its cache; a number as text,
 *     since 64 bits are more than JSON is sure to keep
 * @param cycleCount how often it has begun anew; likewise
 */
public record Sequence(String name, String create, String nextValue, String cycleCount) {

  public Sequence {
    requireNonNull(name, "name");
    requireNonNull(create, "create");
    requireNonNull(nextValue, "nextValue");
    requireNonNull(cycleCount, "cycleCount");
  }
}
