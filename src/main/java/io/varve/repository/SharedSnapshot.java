package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.mysql.TableIdentity;
import io.varve.mysql.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What came of the meeting of the processes that work for a plan. There is one for each plan.
 *
 * @param id of the snapshot, by which ranges say that they were read in it; null where the meeting
 *     came to nothing
 * @param reason why it came to nothing; null where it did not
 * @param takenAt by the server's clock
 * @param consistency of the snapshot
 * @param tables what identified each before the tables were locked
 */
public record SharedSnapshot(
    int format,
    @Nullable String id,
    @Nullable String reason,
    @Nullable Instant takenAt,
    @Nullable Consistency consistency,
    List<Table> tables) {

  public SharedSnapshot {
    tables = List.copyOf(tables);
  }

  /** A table, and what tells it from one that takes its place. */
  public record Table(String schema, String table, Set<String> ids, String rest) {

    public Table {
      requireNonNull(schema, "schema");
      requireNonNull(table, "table");
      requireNonNull(rest, "rest");
      ids = new TreeSet<>(ids);
    }

    public static Table of(TableName name, TableIdentity identity) {
      return new Table(name.schema(), name.table(), identity.ids(), identity.rest());
    }

    public TableName name() {
      return new TableName(schema, table);
    }

    public TableIdentity identity() {
      return new TableIdentity(ids, rest);
    }
  }

  /** Says that nothing came of it. */
  public static SharedSnapshot none(String reason) {
    return new SharedSnapshot(Repository.FORMAT, null, reason, null, null, List.of());
  }
}
