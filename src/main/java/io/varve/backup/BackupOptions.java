package io.varve.backup;

import io.varve.TimeLimit;
import io.varve.mysql.JudgeBy;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Throttling;
import io.varve.repository.WorkPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a backup is made.
 *
 * @param parallel connections that read side by side
 * @param partBytes of the rows' text after which a part of a large table is closed; at most {@link
 *     #MOST_PART_BYTES}
 * @param compressionLevel of zstd, 1 to 19
 * @param snapshotWay the one to take; the first that works where none is named
 * @param accounts whether users and roles are backed up, with the hashes of their passwords
 * @param base what it builds on
 * @param judgeBy who judges ranges; whoever is quicker where none is named
 * @param limit until when the run may work
 * @param throttling how far the source is spared
 * @param tags of the user
 */
public record BackupOptions(
    TableSelection selection,
    int parallel,
    long partBytes,
    int compressionLevel,
    Optional<SnapshotWay> snapshotWay,
    boolean accounts,
    BackupBase base,
    Optional<JudgeBy> judgeBy,
    TimeLimit limit,
    Throttling throttling,
    List<String> tags) {

  /** A full backup, without the server's accounts. */
  public BackupOptions(
      TableSelection selection,
      int parallel,
      long partBytes,
      int compressionLevel,
      Optional<SnapshotWay> snapshotWay) {
    this(
        selection,
        parallel,
        partBytes,
        compressionLevel,
        snapshotWay,
        false,
        BackupBase.NOTHING,
        Optional.empty(),
        TimeLimit.NONE,
        Throttling.NONE,
        List.of());
  }

  /** The same with the server's accounts. */
  public BackupOptions withAccounts() {
    return but(copy -> copy.accounts = true);
  }

  /** The same on another base. */
  public BackupOptions on(BackupBase other) {
    return but(copy -> copy.base = other);
  }

  /** The same, judged by one of the two in any case. */
  public BackupOptions judgedBy(JudgeBy judge) {
    return but(copy -> copy.judgeBy = Optional.of(judge));
  }

  /** The same with another limit. */
  public BackupOptions until(TimeLimit other) {
    return but(copy -> copy.limit = other);
  }

  /** The same, sparing the source. */
  public BackupOptions throttled(Throttling other) {
    return but(copy -> copy.throttling = other);
  }

  /** What a plan says of the backup, for a process with so many connections. */
  public static BackupOptions of(WorkPlan plan, int parallel) {
    BackupOptions options =
        new BackupOptions(
                new TableSelection(plan.includes(), plan.excludes()),
                parallel,
                plan.partBytes(),
                plan.compressionLevel(),
                Optional.empty())
            .on(BackupBase.of(plan))
            .tagged(plan.tags());
    return plan.accounts() ? options.withAccounts() : options;
  }

  /** The same with tags. */
  public BackupOptions tagged(List<String> others) {
    return but(copy -> copy.tags = others);
  }

  private BackupOptions but(Consumer<Copy> change) {
    Copy copy = new Copy();
    change.accept(copy);
    return copy.options();
  }

  /** What can be changed of these options, so that each change names nothing but itself. */
  private final class Copy {
    private boolean accounts = BackupOptions.this.accounts;
    private BackupBase base = BackupOptions.this.base;
    private Optional<JudgeBy> judgeBy = BackupOptions.this.judgeBy;
    private TimeLimit limit = BackupOptions.this.limit;
    private Throttling throttling = BackupOptions.this.throttling;
    private List<String> tags = BackupOptions.this.tags;

    BackupOptions options() {
      return new BackupOptions(
          selection,
          parallel,
          partBytes,
          compressionLevel,
          snapshotWay,
          accounts,
          base,
          judgeBy,
          limit,
          throttling,
          tags);
    }
  }

  /** A part is loaded in one transaction, and clusters limit the size of those. */
  public static final long MOST_PART_BYTES = 64L << 20;

  public static final long LEAST_PART_BYTES = 64L << 10;

  /** A table is to have so many parts: else one changed row makes a large share of it new. */
  private static final int PARTS_A_TABLE = 64;

  /** Below this, what each request to the store costs tells more than what changes store anew. */
  private static final long LEAST_SHARED_PART_BYTES = 4L << 20;

  /**
   * The text of rows after which a part of a table is closed. A power of two, or {@link
   * #partBytes()}, so that it stays the same while a table grows somewhat.
   */
  long partBytes(SourceTable table) {
    long share = Long.highestOneBit(Math.max(1, table.dataBytes() / PARTS_A_TABLE));
    return Math.clamp(share, Math.min(LEAST_SHARED_PART_BYTES, partBytes), partBytes);
  }

  private static final long MOST_DEFAULT_PART_BYTES = 32L << 20;
  private static final long LEAST_DEFAULT_PART_BYTES = 1L << 20;
  private static final long MOST_MEMORY_BYTES = 128L << 20;

  /**
   * The size of parts with which so many connections fit this process's memory: each has one part
   * that it makes and one that is put, and rows may not compress.
   */
  public static long defaultPartBytes(int parallel) {
    long memory = Math.min(MOST_MEMORY_BYTES, Runtime.getRuntime().maxMemory() / 3);
    return Math.clamp(
        memory / (2L * parallel) >> 20 << 20, LEAST_DEFAULT_PART_BYTES, MOST_DEFAULT_PART_BYTES);
  }
}
