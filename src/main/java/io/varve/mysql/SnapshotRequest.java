package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a snapshot is wanted for.
 *
 * @param connections how many connections are wanted; fewer may come where the server has no more
 * @param tables every table that will be read, for the way that locks them
 * @param budget how long one way may try before the next one's turn
 * @param forced the only way to use, if the user insists on one
 */
public record SnapshotRequest(
    int connections, List<TableName> tables, Duration budget, Optional<SnapshotWay> forced) {

  private static final Duration DEFAULT_BUDGET = Duration.ofSeconds(30);

  public SnapshotRequest {
    if (connections < 1) {
      throw new IllegalArgumentException("connections is " + connections);
    }
    tables = List.copyOf(tables);
    requireNonNull(budget, "budget is null");
    requireNonNull(forced, "forced is null");
  }

  public static SnapshotRequest of(int connections, List<TableName> tables) {
    return new SnapshotRequest(connections, tables, DEFAULT_BUDGET, Optional.empty());
  }

  public SnapshotRequest forcing(SnapshotWay way) {
    return new SnapshotRequest(connections, tables, budget, Optional.of(way));
  }

  public SnapshotRequest withBudget(Duration other) {
    return new SnapshotRequest(connections, tables, other, forced);
  }
}
