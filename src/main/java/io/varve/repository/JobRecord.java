package io.varve.repository;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A job that has not ended.
 *
 * @param pieces in the order in which they were put
 * @param lastModified when the newest was put, by the store's clock
 */
public record JobRecord(String id, List<JobEntry> pieces, Instant lastModified) {

  /** What it does: {@code backup}, {@code repair}; empty if no piece could be read. */
  public String work() {
    return pieces.isEmpty() ? "" : pieces.getFirst().work();
  }

  /** The backup that it makes. */
  public Optional<BackupId> ownBackup() {
    return last(JobEntry::ownBackup);
  }

  /** The backup whose parts it uses now. */
  public Optional<BackupId> pinnedBackup() {
    return last(JobEntry::pinnedBackup);
  }

  /** All that it ever pinned. */
  public Set<BackupId> pins() {
    Set<BackupId> pins = new HashSet<>();
    pieces.stream().map(JobEntry::pinnedBackup).filter(Objects::nonNull).forEach(pins::add);
    return pins;
  }

  /** All that it ever began to make. */
  public Set<BackupId> ownBackups() {
    Set<BackupId> own = new HashSet<>();
    pieces.stream().map(JobEntry::ownBackup).filter(Objects::nonNull).forEach(own::add);
    return own;
  }

  /** The size of the source's tables, as the run has seen them first. */
  public Optional<Long> sourceBytes() {
    return pieces.stream().map(JobEntry::sourceBytes).filter(Objects::nonNull).findFirst();
  }

  /** What it has read and stored, in that order. */
  public List<CheckpointRange> ranges() {
    return pieces.stream()
        .flatMap(piece -> piece.ranges() == null ? Stream.empty() : piece.ranges().stream())
        .toList();
  }

  /** The rows that it has counted. */
  public List<TableCount> counts() {
    return pieces.stream()
        .flatMap(piece -> piece.counts() == null ? Stream.empty() : piece.counts().stream())
        .toList();
  }

  private Optional<BackupId> last(Function<JobEntry, @Nullable BackupId> what) {
    return pieces.stream().map(what).filter(Objects::nonNull).reduce((one, other) -> other);
  }
}
