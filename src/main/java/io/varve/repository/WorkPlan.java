package io.varve.repository;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a backup is cut among several processes, each of which makes parts of its share.
 *
 * @param job under whose name they work
 * @param backup that they make together
 * @param parent whose parts they keep where these still hold; null for a full backup
 * @param workers how many shares there are, numbered from 0
 * @param sharesSnapshot whether they are to meet and open one snapshot
 * @param includes which tables, as {@code --include}
 * @param excludes which not
 * @param partBytes of text in a part
 * @param compressionLevel of zstd
 * @param accounts whether users and roles are backed up
 * @param tags of the backup
 * @param ranges of all tables, each in the share of one worker; together they cover every table
 */
public record WorkPlan(
    int format,
    String job,
    BackupId backup,
    @Nullable BackupId parent,
    int workers,
    boolean sharesSnapshot,
    List<String> includes,
    List<String> excludes,
    long partBytes,
    int compressionLevel,
    boolean accounts,
    List<String> tags,
    List<PlannedRange> ranges) {

  public WorkPlan {
    requireNonNull(job, "job");
    requireNonNull(backup, "backup");
    includes = List.copyOf(includes);
    excludes = List.copyOf(excludes);
    tags = List.copyOf(tags);
    ranges = List.copyOf(ranges);
  }

  /**
   * A range of a table in the share of a worker.
   *
   * @param definitionHash of the table when it was cut
   * @param lower bound, exclusive; null from the first row on
   * @param upper bound, inclusive; null to the last row
   */
  public record PlannedRange(
      int worker,
      String schema,
      String table,
      String definitionHash,
      @Nullable List<String> lower,
      @Nullable List<String> upper) {

    public PlannedRange {
      requireNonNull(schema, "schema");
      requireNonNull(table, "table");
      requireNonNull(definitionHash, "definitionHash");
    }
  }
}
