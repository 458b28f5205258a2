package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.store.Sha256;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lists show of a backup, put before its manifest.
 *
 * @param manifestBytes size of the manifest as stored: a fence at its key has another
 * @param manifestSha256 of the manifest as stored, hex
 * @param parent which it builds on; null for a full one
 * @param changes since the parent; null where no one has looked
 * @param tags of the user; null where there are none
 * @param repairs the backup in whose place this one stands; null for most
 */
public record Summary(
    int format,
    BackupId id,
    BackupKind kind,
    String runId,
    String source,
    SourceInfo server,
    Instant snapshotTime,
    Totals totals,
    long manifestBytes,
    String manifestSha256,
    @Nullable BackupId parent,
    @Nullable Changes changes,
    @Nullable List<String> tags,
    @Nullable BackupId repairs) {

  public Summary {
    requireNonNull(id, "id");
    requireNonNull(kind, "kind");
    requireNonNull(runId, "runId");
    requireNonNull(source, "source");
    requireNonNull(server, "server");
    requireNonNull(snapshotTime, "snapshotTime");
    requireNonNull(totals, "totals");
    requireNonNull(manifestSha256, "manifestSha256");
  }

  /**
   * When it was made, by the clock of whoever made it, not only the source's, which may be behind
   * it.
   */
  public Instant made() {
    Instant begun = id.time();
    return begun.isAfter(snapshotTime) ? begun : snapshotTime;
  }

  static Summary of(Manifest manifest, byte[] stored) {
    return new Summary(
        Repository.FORMAT,
        manifest.id(),
        manifest.kind(),
        manifest.runId(),
        manifest.source(),
        manifest.server(),
        manifest.snapshotTime(),
        manifest.totals(),
        stored.length,
        HexFormat.of().formatHex(Sha256.of(stored)),
        manifest.parent(),
        manifest.changes(),
        manifest.tags(),
        manifest.repairs());
  }
}
