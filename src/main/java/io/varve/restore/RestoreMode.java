package io.varve.restore;

import io.varve.mysql.Target.ExistingTable;

/** What a restore does about tables that stand on the target already. */
public enum RestoreMode {
  /** Refuses before anything is written. */
  CREATE(ExistingTable.REFUSE),
  /** Drops them and makes them anew. */
  REPLACE(ExistingTable.DROP),
  /** Replaces what differs in them; drops and makes anew those that are defined otherwise. */
  DIFF(ExistingTable.DROP);

  private final ExistingTable existingTable;

  RestoreMode(ExistingTable existingTable) {
    this.existingTable = existingTable;
  }

  ExistingTable existingTable() {
    return existingTable;
  }
}
