package io.varve.repository;

/** What stands at the key of a backup's manifest. */
public sealed interface Standing {

  /** A manifest: the backup exists, and counts unless it has a tombstone. */
  record Committed(Manifest manifest) implements Standing {}

  /** A fence: the run can commit no more. */
  record Fenced() implements Standing {}

  /** Nothing: the run has not ended, or the manifest was deleted. */
  record Absent() implements Standing {}
}
