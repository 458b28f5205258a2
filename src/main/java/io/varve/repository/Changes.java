package io.varve.repository;

import java.util.List;

/**
 * What a backup took, and what it found changed since the one that it builds on.
 *
 * @param rowsRead rows that crossed the network; of a run that others began, in its last call
 * @param bytesRead their text
 * @param partsKept of older backups
 * @param bytesKept the text of their rows
 * @param partsStored under this backup's id
 * @param bytesStored their size in the store
 * @param droppedTables that the parent has and this one has not
 */
public record Changes(
    long rowsRead,
    long bytesRead,
    int partsKept,
    long bytesKept,
    int partsStored,
    long bytesStored,
    List<String> droppedTables) {

  public Changes {
    droppedTables = List.copyOf(droppedTables);
  }
}
