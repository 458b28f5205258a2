package io.varve.cli;

import io.varve.repository.BackupId;
import io.varve.repository.Changes;
import io.varve.repository.Totals;
import java.util.Optional;

/** What is said of a backup by more than one command. */
final class Reports {

  private Reports() {}

  static String stored(Totals totals) {
    return stored(totals.storedBytes(), totals.rawBytes());
  }

  static String stored(long storedBytes, long rawBytes) {
    return Quantity.bytes(storedBytes)
        + " of "
        + Quantity.bytes(rawBytes)
        + ", backup ratio "
        + Quantity.ratio(storedBytes, rawBytes);
  }

  /** What was read, kept and stored. */
  static void changes(Lines lines, Changes changes, Optional<BackupId> parent) {
    lines.line(
        "read",
        Quantity.count(changes.rowsRead()) + " rows, " + Quantity.bytes(changes.bytesRead()));
    if (parent.isEmpty()) {
      return;
    }
    lines
        .line("since", parent.get().value())
        .line(
            "kept",
            changes.partsKept() + " parts, " + Quantity.bytes(changes.bytesKept()) + " of rows")
        .line(
            "new",
            changes.partsStored()
                + " parts, "
                + Quantity.bytes(changes.bytesStored())
                + " in the store");
    if (!changes.droppedTables().isEmpty()) {
      lines.line("dropped", String.join(", ", changes.droppedTables()));
    }
  }
}
