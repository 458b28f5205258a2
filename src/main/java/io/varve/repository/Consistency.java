package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.mysql.BinlogCoordinates;
import io.varve.mysql.LogPosition;
import io.varve.mysql.Snapshot;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the backup came to be of one instant.
 *
 * @param snapshot the way by which it was opened: gtid, binlog-status, lock-tables, single
 * @param connections that shared it
 * @param passes how many it took; more than one where DDL changed a table
 * @param waysRefused why better ways were not taken
 * @param tablesOutside those that no snapshot covers, by their engine
 * @param binlogFile the position in the source's binary log, where it is known exactly
 * @param gtidSet likewise, as the server writes it
 * @param processes that shared it; null for one
 */
public record Consistency(
    String snapshot,
    int connections,
    int passes,
    List<String> waysRefused,
    List<String> tablesOutside,
    @Nullable String binlogFile,
    @Nullable Long binlogPosition,
    @Nullable String gtidSet,
    @Nullable Integer processes) {

  public Consistency {
    requireNonNull(snapshot, "snapshot");
    waysRefused = List.copyOf(waysRefused);
    tablesOutside = List.copyOf(tablesOutside);
  }

  /**
   * Of a snapshot.
   *
   * @param connections that shared it, over all processes
   * @param processes null for one
   */
  public static Consistency of(
      Snapshot snapshot, int connections, int passes, @Nullable Integer processes) {
    Optional<BinlogCoordinates> place = snapshot.position().flatMap(LogPosition::coordinates);
    return new Consistency(
        snapshot.way().toString(),
        connections,
        passes,
        snapshot.shortfalls(),
        List.of(),
        place.map(BinlogCoordinates::file).orElse(null),
        place.map(BinlogCoordinates::offset).orElse(null),
        snapshot.position().flatMap(LogPosition::gtidSet).orElse(null),
        processes);
  }

  /** The same with tables that it does not cover. */
  public Consistency without(List<String> tables) {
    return new Consistency(
        snapshot,
        connections,
        passes,
        waysRefused,
        tables,
        binlogFile,
        binlogPosition,
        gtidSet,
        processes);
  }

  /** Where the source's log stands at the snapshot, as far as it is known. */
  public LogPosition position() {
    return new LogPosition(
        Optional.ofNullable(gtidSet),
        binlogFile == null || binlogPosition == null
            ? Optional.empty()
            : Optional.of(new BinlogCoordinates(binlogFile, binlogPosition)));
  }
}
