package io.varve.mysql;

/** What a restore makes of whether an event runs. */
public enum EventState {
  /** As on the source. */
  KEEP,
  /** None runs until somebody enables it: for copies. */
  DISABLED
}
