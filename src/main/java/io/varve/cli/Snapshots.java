package io.varve.cli;

import io.varve.repository.Consistency;

/** How a backup came to be of one instant, in words. */
final class Snapshots {

  private Snapshots() {}

  static String text(Consistency consistency) {
    String way =
        switch (consistency.snapshot()) {
          case "gtid" -> "proven equal by GTID sets";
          case "binlog-status" -> "proven equal by log positions";
          case "lock-tables" -> "opened under a short lock of the tables";
          default -> "of a single connection";
        };
    String count =
        consistency.connections() == 1
            ? "1 connection"
            : consistency.connections() + " connections";
    return count
        + ", "
        + way
        + (consistency.passes() > 1 ? ", in " + consistency.passes() + " passes" : "")
        + (consistency.gtidSet() == null ? "" : "; GTID " + consistency.gtidSet());
  }
}
