package io.varve.job;

import io.varve.InvalidRequestException;

/** What a function may take of its memory for parts. */
final class Memory {

  private static final int MIB = 1 << 20;

  private Memory() {}

  /**
   * Says that it is too little before the function dies of it.
   *
   * @param doing for the message
   * @param parts held at the same time
   * @param partBytes of one
   */
  static void require(String doing, String subject, long parts, long partBytes) {
    long there = Runtime.getRuntime().maxMemory();
    long wanted = parts * partBytes;
    if (wanted > there / 3 * 2) {
      throw new InvalidRequestException(
          doing,
          subject,
          parts
              + " parts of "
              + mib(partBytes)
              + " MiB at the same time take "
              + mib(wanted)
              + " MiB, more than two thirds of the "
              + mib(there)
              + " MiB that the function's memory leaves it",
          "Give the function more memory, or the source or target fewer connections (parallel) or"
              + " smaller parts (partSize).");
    }
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
