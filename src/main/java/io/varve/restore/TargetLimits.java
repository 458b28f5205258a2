package io.varve.restore;

import io.varve.InvalidRequestException;
import io.varve.codec.ColumnForm;
import io.varve.mysql.Column;
import io.varve.mysql.ColumnEncoding;
import io.varve.mysql.Flavour;
import io.varve.mysql.Target;
import io.varve.restore.RestorePlan.PlannedTable;
import java.util.List;

/** What settings of the target refuse: found out before anything is written. */
final class TargetLimits {

  private static final long LARGEST_PACKET = 1L << 30;
  private static final long MB = 1L << 20;

  private final Target target;

  TargetLimits(Target target) {
    this.target = target;
  }

  /**
   * Refuses what would not fit.
   *
   * @throws InvalidRequestException naming the setting and what to set it to
   */
  void require(List<PlannedTable> tables) {
    for (PlannedTable table : tables) {
      requirePacket(table, packetFor(table));
    }
    if (target.requiresPrimaryKeys()) {
      tables.stream()
          .filter(table -> !table.target().hasPrimaryKey())
          .findFirst()
          .ifPresent(this::refuseWithoutKey);
    }
  }

  /** Backups that do not know their longest rows are let through: the load will tell. */
  private long packetFor(PlannedTable table) {
    long verified = table.entry().longestCanonicalBytes();
    long row = table.entry().longestRowBytes();
    if (!target.canLoadLocal()) {
      return Math.max(verified, target.insertBytes(table.target(), row));
    }
    // LOAD DATA takes a value of any length, but where the server makes another value of it
    return longestIsJson(table) ? Math.max(verified, row) : verified;
  }

  private boolean longestIsJson(PlannedTable table) {
    List<Column> large =
        table.target().columns().stream()
            .filter(column -> column.encoding().form() == ColumnForm.DIGEST)
            .toList();
    return target.info().flavour() == Flavour.MYSQL
        && !large.isEmpty()
        && large.stream().allMatch(column -> column.encoding() == ColumnEncoding.JSON);
  }

  private void requirePacket(PlannedTable table, long bytes) {
    long packet = target.info().maxAllowedPacket();
    if (bytes <= packet) {
      return;
    }
    String raise =
        "Set max_allowed_packet there to "
            + Math.min(LARGEST_PACKET, (bytes + MB - 1) / MB * MB)
            + " or more";
    throw new InvalidRequestException(
        "restore",
        "table " + table.entry().definition().name() + " into " + target.address(),
        "its longest row needs a max_allowed_packet of "
            + bytes
            + " bytes, the server has "
            + packet,
        target.canLoadLocal() ? raise + "." : raise + ", or local_infile to 1.");
  }

  private void refuseWithoutKey(PlannedTable table) {
    throw new InvalidRequestException(
        "restore",
        "table " + table.entry().definition().name() + " into " + target.address(),
        "it has no primary key, and the server takes no such table from this user",
        "Turn sql_require_primary_key (MySQL) or innodb_force_primary_key (MariaDB) off there for"
            + " the time of the restore, or exclude the table.");
  }
}
