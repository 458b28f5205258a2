package io.varve.mysql;

/** A place in the binary log: a file, and the offset of the first event that is not included. */
public record BinlogCoordinates(String file, long offset) {

  @Override
  public String toString() {
    return file + ":" + offset;
  }
}
