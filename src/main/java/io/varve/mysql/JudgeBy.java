package io.varve.mysql;

/** Who computes the checksum by which a range is judged. */
public enum JudgeBy {
  /** The server: no row crosses the network, and it works twice as much as for reading them. */
  SERVER,
  /** This program: reads the rows. */
  HERE
}
