package io.varve.mysql;

/** What a connection is for decides what the driver lets it do. */
enum ConnectionPurpose {
  /** Metadata, locks, DDL. */
  CONTROL,
  /** Reads in a snapshot; one string may hold several statements. */
  SNAPSHOT,
  /** {@code LOAD DATA LOCAL INFILE} from a stream. */
  LOAD
}
