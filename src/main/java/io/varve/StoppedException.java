package io.varve;

/** The program is to end, or another worker has failed: this one stops. Never shown to users. */
public final class StoppedException extends RuntimeException {

  public StoppedException() {
    super("stopped");
  }
}
