package io.varve.backup;

/** Who computes the checksum by which a range is judged. */
public enum JudgeBy {
  /** The source: no row crosses the network, and it works twice as much as for reading them. */
  SERVER,
  /** This program: reads the rows. */
  HERE
}
